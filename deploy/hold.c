/*
 * hold: freezes or kills processes of a container from an ephemeral container that shares its process namespace, and holds CPU time or
 * memory of the pod. Signals cannot freeze: the kernel ignores SIGSTOP and SIGKILL that are sent to PID 1 of a namespace from inside it.
 * ptrace(2) has no such limit. It needs the target's own user and no capability (with Yama's ptrace_scope 0, or without Yama).
 *
 *   hold freeze SECONDS PID...   stops every thread, prints "held N", and releases them after SECONDS or when it is killed
 *   hold kill PID...             kills every process, prints "killed N"
 *   hold list                    prints the ids of all processes that are not ours
 *   hold cpu SECONDS MILLI       prints "held MILLI", and uses so many thousandths of a CPU for SECONDS
 *   hold memory SECONDS MEGABYTES  takes so many MiB, prints "held MEGABYTES", and gives them back after SECONDS
 *
 * A tracer that ends releases what it holds, and so do CPU time and memory: all of them heal by themselves, no matter which process dies.
 * Source: ptrace(2), "Attaching and detaching", PTRACE_O_EXITKILL.
 */
#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* A process that starts threads while we seize them is scanned again, at most ROUNDS_MAX times. */
enum { ROUNDS_MAX = 20, THREADS_MAX = 100000 };
/* The most that may be asked for, so that a slip of the hand does not take a whole machine for days. */
enum { SECONDS_MAX = 14400, BURNERS_MAX = 256, MEBIBYTES_MAX = 1 << 20 };
enum { MEBIBYTE = 1 << 20, NANOSECONDS = 1000000000 };

static unsigned char seen[4194304]; /* PID_MAX_LIMIT on 64 bit */

static int fail(const char *what, long id) {
  fprintf(stderr, "hold: expected to %s %ld, got: %s\n", what, id, strerror(errno));
  return 1;
}

/* Seizes all threads of a process; returns how many are new, or -1. */
static int seize(long process, long options, int interrupt) {
  char path[64];
  int found = 0;
  snprintf(path, sizeof path, "/proc/%ld/task", process);
  DIR *tasks = opendir(path);
  if (tasks == NULL) return errno == ENOENT ? 0 : -1;
  for (struct dirent *entry = readdir(tasks); entry != NULL; entry = readdir(tasks)) {
    long thread = atol(entry->d_name);
    if (thread <= 0 || thread >= (long)sizeof seen || seen[thread]) continue;
    if (ptrace(PTRACE_SEIZE, thread, NULL, (void *)options) == -1) {
      if (errno == ESRCH) continue; /* it has ended in the meantime */
      closedir(tasks);
      return -1;
    }
    seen[thread] = 1;
    if (interrupt) ptrace(PTRACE_INTERRUPT, thread, NULL, NULL);
    found++;
  }
  closedir(tasks);
  return found;
}

static int seize_all(int count, char **ids, long options, int interrupt) {
  int held = 0;
  for (int i = 0; i < count; i++) {
    for (int round = 0; round < ROUNDS_MAX && held < THREADS_MAX; round++) {
      int found = seize(atol(ids[i]), options, interrupt);
      if (found < 0) return -1;
      held += found;
      if (found == 0) break;
    }
  }
  return held;
}

/* Prints the processes of other mount namespaces than ours: those of the containers whose process namespace we share. */
static int list(void) {
  struct stat own, other;
  char path[64];
  if (stat("/proc/self/ns/mnt", &own) != 0) return fail("look at our own namespace of process", (long)getpid());
  DIR *processes = opendir("/proc");
  if (processes == NULL) return fail("list processes of", (long)getpid());
  for (struct dirent *entry = readdir(processes); entry != NULL; entry = readdir(processes)) {
    long id = atol(entry->d_name);
    if (id <= 0) continue;
    snprintf(path, sizeof path, "/proc/%ld/ns/mnt", id);
    if (stat(path, &other) == 0 && other.st_ino != own.st_ino) printf("%ld\n", id);
  }
  closedir(processes);
  return 0;
}

static long long nanoseconds(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return (long long)now.tv_sec * NANOSECONDS + now.tv_nsec;
}

static double share; /* of one CPU, for each thread */

/* Uses CPU time whenever it has used less than its share of the time since it began. The process ends with its main thread. */
static void *burn(void *unused) {
  const struct timespec millisecond = {0, 1000000};
  long long began = nanoseconds(CLOCK_MONOTONIC);
  for (;;) {
    long long until = nanoseconds(CLOCK_MONOTONIC) + 1000000;
    if (nanoseconds(CLOCK_THREAD_CPUTIME_ID) >= share * (until - began)) nanosleep(&millisecond, NULL);
    else while (nanoseconds(CLOCK_MONOTONIC) < until) continue;
  }
  return unused;
}

static int hold_cpu(unsigned seconds, long milli) {
  long threads = (milli + 999) / 1000;
  if (threads < 1 || threads > BURNERS_MAX) return errno = EINVAL, fail("use thousandths of a CPU:", milli);
  share = milli / 1000.0 / threads;
  for (long i = 0; i < threads; i++) {
    pthread_t thread;
    errno = pthread_create(&thread, NULL, burn, NULL);
    if (errno != 0) return fail("start thread", i);
  }
  printf("held %ld\n", milli);
  fflush(stdout);
  sleep(seconds);
  return 0;
}

/* Takes the memory in steps, so that the kernel has time to give up caches instead of killing somebody. */
static int hold_memory(unsigned seconds, long mebibytes) {
  const struct timespec pause = {0, 1000000};
  if (mebibytes < 1 || mebibytes > MEBIBYTES_MAX) return errno = EINVAL, fail("take MiB:", mebibytes);
  char *memory = mmap(NULL, (size_t)mebibytes * MEBIBYTE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return fail("take MiB:", mebibytes);
  for (long i = 0; i < mebibytes; i++) {
    memset(memory + (size_t)i * MEBIBYTE, 1, MEBIBYTE);
    nanosleep(&pause, NULL);
  }
  printf("held %ld\n", mebibytes);
  fflush(stdout);
  sleep(seconds);
  return 0;
}

/* Runs "hold cpu" or "hold memory"; returns -1 for other words. */
static int hold_resource(int count, char **words) {
  if (count != 4) return -1;
  long seconds = atol(words[2]);
  int isCpu = strcmp(words[1], "cpu") == 0;
  if (!isCpu && strcmp(words[1], "memory") != 0) return -1;
  if (seconds < 1 || seconds > SECONDS_MAX) return errno = EINVAL, fail("hold for seconds:", seconds);
  return isCpu ? hold_cpu((unsigned)seconds, atol(words[3])) : hold_memory((unsigned)seconds, atol(words[3]));
}

int main(int count, char **words) {
  if (count == 2 && strcmp(words[1], "list") == 0) return list();
  int resource = hold_resource(count, words);
  if (resource >= 0) return resource;
  int kills = count >= 3 && strcmp(words[1], "kill") == 0;
  int freezes = count >= 4 && strcmp(words[1], "freeze") == 0;
  if (!kills && !freezes) {
    fprintf(stderr, "usage: hold freeze SECONDS PID... | kill PID... | list | cpu SECONDS MILLI | memory SECONDS MEGABYTES\n");
    return 3;
  }
  int first = kills ? 2 : 3;
  int held = seize_all(count - first, words + first, kills ? PTRACE_O_EXITKILL : 0, freezes);
  if (held < 0) return fail("seize a thread of process", atol(words[first]));
  if (held == 0) {
    errno = ESRCH;
    return fail("find a thread of process", atol(words[first]));
  }
  printf("%s %d\n", kills ? "killed" : "held", held);
  fflush(stdout);
  if (freezes) sleep((unsigned)atoi(words[2]));
  return 0;
}
