/* One TLS 1.2 PSK connection by GnuTLS: a server that echoes, or a client that is echoed. */
#include "peer.h"
#include <gnutls/gnutls.h>

static struct options o;
static int find_key(gnutls_session_t session, const gnutls_datum_t *name, gnutls_datum_t *key) {
  (void)session;
  if (name->size != o.identity_length || memcmp(name->data, o.identity, name->size) != 0) return -1;
  key->data = gnutls_malloc(o.key_length);
  key->size = (unsigned)o.key_length;
  memcpy(key->data, o.key, o.key_length);
  return 0;
}

int main(int argc, char **argv) {
  o = read_options(argc, argv);
  gnutls_session_t s;
  gnutls_init(&s, o.serve ? GNUTLS_SERVER : GNUTLS_CLIENT);
  const char *priority = o.extended ? "NONE:+VERS-TLS1.2:+AES-256-GCM:+AEAD:+PSK:+SHA384:+SIGN-ALL:+COMP-NULL:+CURVE-ALL"
                                    : "NONE:+VERS-TLS1.2:+AES-256-GCM:+AEAD:+PSK:+SHA384:+SIGN-ALL:+COMP-NULL:+CURVE-ALL:%NO_SESSION_HASH";
  if (gnutls_priority_set_direct(s, priority, NULL) != 0) return 4;
  if (o.serve) {
    gnutls_psk_server_credentials_t server;
    gnutls_psk_allocate_server_credentials(&server);
    gnutls_psk_set_server_credentials_function2(server, find_key);
    if (o.hint != NULL) gnutls_psk_set_server_credentials_hint(server, o.hint);
    gnutls_credentials_set(s, GNUTLS_CRD_PSK, server);
  } else {
    gnutls_psk_client_credentials_t client;
    gnutls_datum_t name = {o.identity, (unsigned)o.identity_length}, key = {o.key, (unsigned)o.key_length};
    gnutls_psk_allocate_client_credentials(&client);
    if (gnutls_psk_set_client_credentials2(client, &name, &key, GNUTLS_PSK_KEY_RAW) != 0) return 4;
    gnutls_credentials_set(s, GNUTLS_CRD_PSK, client);
  }
  /* A macro that names its argument twice. */
  int connection = open_socket(&o);
  gnutls_transport_set_int(s, connection);
  int r;
  do r = gnutls_handshake(s);
  while (r < 0 && !gnutls_error_is_fatal(r));
  if (r < 0) {
    gnutls_alert_send_appropriate(s, r);
    printf("failed %s\n", gnutls_strerror_name(r));
    return 1;
  }
  printf("open %s ems %d\n", gnutls_session_get_desc(s), (gnutls_session_get_flags(s) & GNUTLS_SFLAGS_EXT_MASTER_SECRET) != 0);
  static unsigned char out[65536], in[65536];
  if (o.serve) {
    while ((r = (int)gnutls_record_recv(s, in, sizeof in)) > 0)
      for (int done = 0; done < r;) {
        int w = (int)gnutls_record_send(s, in + done, (size_t)(r - done));
        if (w <= 0) return 1;
        done += w;
      }
    printf("%s\n", r == 0 ? "closed in order" : "broken");
    return 0;
  }
  for (int i = 0; i < o.size_count; i++) {
    int size = o.sizes[i], sent = 0, got = 0;
    for (int k = 0; k < size; k++) out[k] = (unsigned char)(k * 7 + size);
    while (sent < size) {
      int w = (int)gnutls_record_send(s, out + sent, (size_t)(size - sent));
      if (w <= 0) return 1;
      sent += w;
    }
    while (got < size) {
      r = (int)gnutls_record_recv(s, in + got, (size_t)(size - got));
      if (r <= 0) return 1;
      got += r;
    }
    if (memcmp(in, out, (size_t)size) != 0) return 1;
    printf("echoed %d\n", size);
  }
  gnutls_bye(s, GNUTLS_SHUT_WR);
  return 0;
}
