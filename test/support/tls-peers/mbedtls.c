/* One TLS 1.2 PSK connection by mbedTLS, the stack of the meters: a server that echoes, or a client that is echoed. */
#include "peer.h"
#include <mbedtls/ctr_drbg.h>
#include <mbedtls/entropy.h>
#include <mbedtls/net_sockets.h>
#include <mbedtls/ssl.h>

static struct options o;
static int find_key(void *unused, mbedtls_ssl_context *ssl, const unsigned char *name, size_t length) {
  (void)unused;
  if (length != o.identity_length || memcmp(name, o.identity, length) != 0) return -1;
  return mbedtls_ssl_set_hs_psk(ssl, o.key, o.key_length);
}

int main(int argc, char **argv) {
  o = read_options(argc, argv);
  mbedtls_net_context net;
  mbedtls_ssl_context ssl;
  mbedtls_ssl_config conf;
  mbedtls_entropy_context entropy;
  mbedtls_ctr_drbg_context random;
  mbedtls_net_init(&net);
  mbedtls_ssl_init(&ssl);
  mbedtls_ssl_config_init(&conf);
  mbedtls_entropy_init(&entropy);
  mbedtls_ctr_drbg_init(&random);
  mbedtls_ctr_drbg_seed(&random, mbedtls_entropy_func, &entropy, NULL, 0);
  mbedtls_ssl_config_defaults(&conf, o.serve ? MBEDTLS_SSL_IS_SERVER : MBEDTLS_SSL_IS_CLIENT, MBEDTLS_SSL_TRANSPORT_STREAM,
                              MBEDTLS_SSL_PRESET_DEFAULT);
  mbedtls_ssl_conf_rng(&conf, mbedtls_ctr_drbg_random, &random);
  static const int suites[] = {MBEDTLS_TLS_PSK_WITH_AES_256_GCM_SHA384, 0};
  mbedtls_ssl_conf_ciphersuites(&conf, suites);
  mbedtls_ssl_conf_min_version(&conf, MBEDTLS_SSL_MAJOR_VERSION_3, MBEDTLS_SSL_MINOR_VERSION_3);
  mbedtls_ssl_conf_extended_master_secret(&conf, o.extended ? MBEDTLS_SSL_EXTENDED_MS_ENABLED : MBEDTLS_SSL_EXTENDED_MS_DISABLED);
  if (o.serve) mbedtls_ssl_conf_psk_cb(&conf, find_key, NULL);
  else if (mbedtls_ssl_conf_psk(&conf, o.key, o.key_length, o.identity, o.identity_length) != 0) return 4;
  mbedtls_ssl_setup(&ssl, &conf);
  net.fd = open_socket(&o);
  mbedtls_ssl_set_bio(&ssl, &net, mbedtls_net_send, mbedtls_net_recv, NULL);
  int r = mbedtls_ssl_handshake(&ssl);
  if (r != 0) {
    printf("failed -0x%04x\n", -r);
    return 1;
  }
  printf("open %s\n", mbedtls_ssl_get_ciphersuite(&ssl));
  static unsigned char out[65536], in[65536];
  if (o.serve) {
    while ((r = mbedtls_ssl_read(&ssl, in, sizeof in)) > 0)
      for (int done = 0; done < r;) {
        int w = mbedtls_ssl_write(&ssl, in + done, (size_t)(r - done));
        if (w <= 0) return 1;
        done += w;
      }
    printf("%s\n", r == MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY ? "closed in order" : "broken");
    return 0;
  }
  for (int i = 0; i < o.size_count; i++) {
    int size = o.sizes[i], sent = 0, got = 0;
    for (int k = 0; k < size; k++) out[k] = (unsigned char)(k * 7 + size);
    do {
      int w = mbedtls_ssl_write(&ssl, out + sent, (size_t)(size - sent));
      if (w < 0) return 1;
      sent += w;
    } while (sent < size);
    while (got < size) {
      r = mbedtls_ssl_read(&ssl, in + got, (size_t)(size - got));
      if (r <= 0) return 1;
      got += r;
    }
    if (memcmp(in, out, (size_t)size) != 0) return 1;
    printf("echoed %d\n", size);
  }
  mbedtls_ssl_close_notify(&ssl);
  mbedtls_net_free(&net);
  return 0;
}
