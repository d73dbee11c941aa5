/* What both peers share: sockets of the loopback, hexadecimal, the arguments. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct options {
  int serve;
  int port;
  unsigned char key[64];
  size_t key_length;
  unsigned char identity[128];
  size_t identity_length;
  int extended;
  const char *hint;
  int sizes[16];
  int size_count;
};

static size_t from_hex(const char *text, unsigned char *out, size_t most) {
  size_t n = 0;
  for (; text[0] && text[1] && n < most; text += 2) {
    unsigned value;
    if (sscanf(text, "%2x", &value) != 1) break;
    out[n++] = (unsigned char)value;
  }
  return n;
}

/* server KEY IDENTITY [noems] [hint=TEXT]; client PORT KEY IDENTITY [noems] SIZE... */
static struct options read_options(int argc, char **argv) {
  struct options o;
  memset(&o, 0, sizeof o);
  o.extended = 1;
  if (argc < 4) exit(2);
  o.serve = strcmp(argv[1], "server") == 0;
  int next = 2;
  if (!o.serve) o.port = atoi(argv[next++]);
  o.key_length = from_hex(argv[next++], o.key, sizeof o.key);
  o.identity_length = next < argc ? from_hex(argv[next++], o.identity, sizeof o.identity) : 0;
  for (; next < argc; next++) {
    if (strcmp(argv[next], "noems") == 0) o.extended = 0;
    else if (strncmp(argv[next], "hint=", 5) == 0) o.hint = argv[next] + 5;
    else if (o.size_count < 16) o.sizes[o.size_count++] = atoi(argv[next]);
  }
  setvbuf(stdout, NULL, _IOLBF, 0);
  alarm(20);
  return o;
}

static struct sockaddr_in loopback(int port) {
  struct sockaddr_in address;
  memset(&address, 0, sizeof address);
  address.sin_family = AF_INET;
  address.sin_port = htons((unsigned short)port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

/* One connection: accepted on a free port that is printed first, or made. */
static int open_socket(const struct options *o) {
  int s = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in address = loopback(o->port);
  if (!o->serve) {
    if (connect(s, (struct sockaddr *)&address, sizeof address) != 0) exit(3);
    return s;
  }
  socklen_t length = sizeof address;
  if (bind(s, (struct sockaddr *)&address, sizeof address) != 0 || listen(s, 1) != 0) exit(3);
  getsockname(s, (struct sockaddr *)&address, &length);
  printf("port %d\n", ntohs(address.sin_port));
  int connection = accept(s, NULL, NULL);
  close(s);
  return connection;
}
