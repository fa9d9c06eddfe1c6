/*
 * The bench's target: one thread, epoll, HTTP/1.1 keep-alive on loopback. It checks and counts the clients' work, so that no tool
 * has to be trusted about itself.
 *
 *   target PORT [DELAY_MS]
 *
 * GET  /json      about 300 bytes of JSON
 * POST /login     {"user":..,"pass":..}: sets the cookie sid
 * GET  /items/N   needs the cookie; the answer holds a price
 * POST /orders    needs the cookie; {"items":[a,b,c],"total":T}: 422 unless T is the sum of the prices
 * GET  /__stats   counters, never delayed, never counted
 * GET  /__latency percentiles of the response times in ms
 * GET  /__starts?RATE  how far requests arrived from an even RATE per second, in ms after the earliest: median and p99
 * GET  /__reset   resets all of that to zero
 * GET  /__stall?MS  answers, then stalls the whole server for MS
 *
 * With a delay, every answer waits in a queue for that long. A request's time begins at the kernel's receive timestamp
 * (SO_TIMESTAMPNS), so that a stall shows in the server's own figures.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum { CONNECTIONS = 65536, REQUEST_BYTES = 8192, ANSWER_BYTES = 2048, SAMPLES = 1 << 22, WAITING = 1 << 17 };

struct connection {
  char request[REQUEST_BYTES + 1], answer[ANSWER_BYTES];
  int filled, answer_bytes, waits, closes;
  unsigned generation;
  int64_t received_ns;
};
struct waiting { int64_t due_ns; int descriptor; unsigned generation; };

static struct connection *connections[CONNECTIONS];
static struct waiting queue[WAITING];
static unsigned queue_head, queue_tail;
static uint32_t samples[SAMPLES];
static int64_t arrivals_ns[SAMPLES];
static size_t sample_count, arrival_count;
static uint64_t requests, wrong, opened, open_now;
static int64_t delay_ns, stall_ns;
static int poller, timer;

static int64_t now_ns(void) {
  struct timespec time;
  clock_gettime(CLOCK_REALTIME, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static int price_of(long item) { return (int)((item * 37) % 1000 + 1); }

static void drop(int descriptor) {
  struct connection *c = connections[descriptor];
  if (!c) return;
  connections[descriptor] = NULL;
  free(c);
  close(descriptor);
  open_now--;
}

static void deliver(int descriptor, int64_t at_ns) {
  struct connection *c = connections[descriptor];
  ssize_t sent = send(descriptor, c->answer, (size_t)c->answer_bytes, MSG_NOSIGNAL | MSG_DONTWAIT);
  c->waits = 0;
  if (sample_count < SAMPLES) samples[sample_count++] = (uint32_t)((at_ns - c->received_ns) / 1000);
  if (sent != c->answer_bytes || c->closes) drop(descriptor);
}

static int by_value(const void *a, const void *b) {
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return (x > y) - (x < y);
}

static double percentile(double q) {
  if (!sample_count) return 0;
  size_t at = (size_t)(q * (double)sample_count);
  return samples[at >= sample_count ? sample_count - 1 : at] / 1000.0;
}

static int stats(char *out) {
  struct rusage use;
  getrusage(RUSAGE_SELF, &use);
  return sprintf(out, "{\"requests\":%lu,\"wrong\":%lu,\"opened\":%lu,\"open\":%lu,\"cpu\":%.3f}", requests, wrong, opened, open_now,
                 (double)use.ru_utime.tv_sec + (double)use.ru_utime.tv_usec / 1e6 + (double)use.ru_stime.tv_sec + (double)use.ru_stime.tv_usec / 1e6);
}

static int latency(char *out) {
  qsort(samples, sample_count, sizeof *samples, by_value);
  return sprintf(out, "{\"p50\":%.3f,\"p90\":%.3f,\"p95\":%.3f,\"p99\":%.3f,\"max\":%.3f}", percentile(.5), percentile(.9), percentile(.95),
                 percentile(.99), percentile(1));
}

static int by_time(const void *a, const void *b) {
  int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
  return (x > y) - (x < y);
}

/*
 * The even schedule passes through the arrival that was earliest against it. This is fair to any tool that sends no request
 * early.
 */
static int starts(char *out, double rate) {
  if (!arrival_count || rate <= 0) return sprintf(out, "{}");
  qsort(arrivals_ns, arrival_count, sizeof *arrivals_ns, by_time);
  for (size_t at = 0; at < arrival_count; at++) arrivals_ns[at] -= (int64_t)((double)at * 1e9 / rate);
  qsort(arrivals_ns, arrival_count, sizeof *arrivals_ns, by_time);
  double median = (double)(arrivals_ns[arrival_count / 2] - arrivals_ns[0]) / 1e6;
  double p99 = (double)(arrivals_ns[arrival_count * 99 / 100] - arrivals_ns[0]) / 1e6;
  int bytes = sprintf(out, "{\"count\":%zu,\"median\":%.3f,\"p99\":%.3f}", arrival_count, median, p99);
  arrival_count = 0;
  return bytes;
}

/* Writes the body of an answer and returns the status. `cookie` is set when the answer sets one. */
static int answer(struct connection *c, const char *path, const char *body, int has_session, char *out, char *cookie) {
  static const char filler[] = "0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdef";
  int posts = c->request[0] == 'P';
  if (!strncmp(path, "/json", 5)) {
    sprintf(out, "{\"id\":4711,\"name\":\"bench\",\"price\":12.5,\"tags\":[\"a\",\"b\"],\"text\":\"%s\",\"more\":\"%.60s\"}", filler, filler);
    return 200;
  }
  if (posts && !strncmp(path, "/login", 6)) {
    if (!strstr(body, "\"user\"") || !strstr(body, "\"pass\"")) return sprintf(out, "{}"), 422;
    sprintf(cookie, "Set-Cookie: sid=s%09lx; Path=/; HttpOnly\r\n", requests & 0xfffffffff);
    sprintf(out, "{\"token\":\"t%lx\"}", requests);
    return 200;
  }
  if (!strncmp(path, "/items/", 7)) {
    if (!has_session) return sprintf(out, "{}"), 401;
    long item = atol(path + 7);
    sprintf(out, "{\"id\":%ld,\"price\":%d,\"name\":\"item %ld\",\"stock\":{\"here\":3},\"text\":\"%s\"}", item, price_of(item), item, filler);
    return 200;
  }
  if (posts && !strncmp(path, "/orders", 7)) {
    if (!has_session) return sprintf(out, "{}"), 401;
    const char *items = strchr(body, '['), *total = strstr(body, "\"total\":");
    if (!items || !total) return sprintf(out, "{}"), 422;
    long sum = 0, count = 0;
    for (char *end; *items && *items != ']'; items = end) {
      long item = strtol(++items, &end, 10);
      sum += price_of(item);
      count++;
    }
    if (count != 3 || atol(total + 8) != sum) return sprintf(out, "{}"), 422;
    sprintf(out, "{\"order\":%lu,\"total\":%ld}", requests, sum);
    return 200;
  }
  sprintf(out, "{}");
  return 404;
}

static int value_of(const char *head, const char *name) {
  const char *found = strcasestr(head, name);
  return found ? atoi(found + strlen(name)) : 0;
}

/*
 * Serves one whole request if there is one. Returns the bytes that it consumed, 0 when the request is incomplete, -1 when it is
 * malformed.
 */
static int serve(int descriptor) {
  struct connection *c = connections[descriptor];
  c->request[c->filled] = 0;
  char *end = strstr(c->request, "\r\n\r\n");
  if (!end) return c->filled >= REQUEST_BYTES ? -1 : 0;
  int head_bytes = (int)(end - c->request) + 4;
  *end = 0;
  int body_bytes = value_of(c->request, "\r\nContent-Length:");
  int has_session = strcasestr(c->request, "\r\nCookie:") && strstr(c->request, "sid=s");
  c->closes = strcasestr(c->request, "\r\nConnection: close") != NULL;
  *end = '\r';
  int took = head_bytes + body_bytes;
  if (body_bytes < 0 || took > REQUEST_BYTES) return -1;
  if (c->filled < took) return 0;
  char *path = strchr(c->request, ' ');
  if (!path) return -1;
  path++;
  char saved = c->request[took], body[ANSWER_BYTES / 2], cookie[80] = "";
  c->request[took] = 0;
  int internal = !strncmp(path, "/__", 3), status = 200;
  if (internal) {
    if (!strncmp(path, "/__reset", 8)) requests = wrong = opened = 0, sample_count = arrival_count = 0;
    if (!strncmp(path, "/__stall?", 9)) stall_ns = atoll(path + 9) * 1000000LL;
    if (!strncmp(path, "/__latency", 10)) latency(body);
    else if (!strncmp(path, "/__starts?", 10)) starts(body, atof(path + 10));
    else stats(body);
  } else {
    requests++;
    if (arrival_count < SAMPLES) arrivals_ns[arrival_count++] = c->received_ns;
    status = answer(c, path, c->request + head_bytes, has_session, body, cookie);
    if (status != 200) wrong++;
  }
  c->request[took] = saved;
  c->answer_bytes = sprintf(c->answer, "HTTP/1.1 %d X\r\nContent-Type: application/json\r\n%sContent-Length: %zu\r\n\r\n%s", status, cookie, strlen(body), body);
  if (internal) {
    send(descriptor, c->answer, (size_t)c->answer_bytes, MSG_NOSIGNAL | MSG_DONTWAIT);
  } else if (delay_ns) {
    struct waiting entry = {now_ns() + delay_ns, descriptor, c->generation};
    c->waits = 1;
    if (queue_head == queue_tail) {
      struct itimerspec at = {{0, 0}, {entry.due_ns / 1000000000LL, entry.due_ns % 1000000000LL}};
      timerfd_settime(timer, TFD_TIMER_ABSTIME, &at, NULL);
    }
    queue[queue_tail++ % WAITING] = entry;
  } else deliver(descriptor, now_ns());
  return took;
}

static void serve_all(int descriptor) {
  struct connection *c;
  while ((c = connections[descriptor]) && !c->waits && c->filled > 0) {
    int took = serve(descriptor);
    if (took == 0) return;
    if (took < 0) { wrong++; drop(descriptor); return; }
    if (!(c = connections[descriptor])) return;
    memmove(c->request, c->request + took, (size_t)(c->filled - took));
    c->filled -= took;
  }
}

static void receive(int descriptor) {
  struct connection *c = connections[descriptor];
  char control[128];
  struct iovec into = {c->request + c->filled, (size_t)(REQUEST_BYTES - c->filled)};
  struct msghdr message = {.msg_iov = &into, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
  ssize_t got = recvmsg(descriptor, &message, MSG_DONTWAIT);
  if (got <= 0) { drop(descriptor); return; }
  c->received_ns = now_ns();
  for (struct cmsghdr *part = CMSG_FIRSTHDR(&message); part; part = CMSG_NXTHDR(&message, part)) {
    if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_TIMESTAMPNS) continue;
    struct timespec *time = (struct timespec *)CMSG_DATA(part);
    c->received_ns = time->tv_sec * 1000000000LL + time->tv_nsec;
  }
  c->filled += (int)got;
  serve_all(descriptor);
}

static void release_due(void) {
  uint64_t ticks;
  if (read(timer, &ticks, sizeof ticks) < 0) return;
  while (queue_head != queue_tail && queue[queue_head % WAITING].due_ns <= now_ns()) {
    struct waiting entry = queue[queue_head++ % WAITING];
    struct connection *c = connections[entry.descriptor];
    if (!c || c->generation != entry.generation) continue;
    deliver(entry.descriptor, now_ns());
    serve_all(entry.descriptor);
  }
  if (queue_head == queue_tail) return;
  int64_t due = queue[queue_head % WAITING].due_ns;
  struct itimerspec at = {{0, 0}, {due / 1000000000LL, due % 1000000000LL}};
  timerfd_settime(timer, TFD_TIMER_ABSTIME, &at, NULL);
}

static void accept_all(int listener) {
  static unsigned generation;
  int one = 1, descriptor;
  while ((descriptor = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
    struct connection *c = descriptor < CONNECTIONS ? calloc(1, sizeof *c) : NULL;
    if (!c) { close(descriptor); continue; }
    c->generation = ++generation;
    connections[descriptor] = c;
    opened++;
    open_now++;
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = descriptor};
    epoll_ctl(poller, EPOLL_CTL_ADD, descriptor, &event);
  }
}

int main(int argc, char **argv) {
  if (argc < 2) { fprintf(stderr, "usage: target PORT [DELAY_MS]\n"); return 2; }
  if (argc > 2) delay_ns = atoll(argv[2]) * 1000000LL;
  struct rlimit limit = {CONNECTIONS - 1, CONNECTIONS - 1};
  setrlimit(RLIMIT_NOFILE, &limit);
  signal(SIGPIPE, SIG_IGN);
  int one = 1, listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  setsockopt(listener, SOL_SOCKET, SO_TIMESTAMPNS, &one, sizeof one);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(argv[1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (bind(listener, (void *)&address, sizeof address) || listen(listener, 4096)) { perror("target"); return 1; }
  poller = epoll_create1(0);
  timer = timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK);
  struct epoll_event event = {.events = EPOLLIN, .data.fd = listener}, events[1024];
  epoll_ctl(poller, EPOLL_CTL_ADD, listener, &event);
  event.data.fd = timer;
  epoll_ctl(poller, EPOLL_CTL_ADD, timer, &event);
  for (;;) {
    int count = epoll_wait(poller, events, 1024, -1);
    for (int at = 0; at < count; at++) {
      int descriptor = events[at].data.fd;
      if (descriptor == listener) accept_all(listener);
      else if (descriptor == timer) release_due();
      else if (connections[descriptor]) receive(descriptor);
    }
    if (stall_ns) {
      struct timespec pause = {stall_ns / 1000000000LL, stall_ns % 1000000000LL};
      stall_ns = 0;
      nanosleep(&pause, NULL);
    }
  }
}
