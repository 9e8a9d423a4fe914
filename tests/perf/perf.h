/* What the programs of the speed measurement share: clocks, command lines, the messages they send. */
#ifndef WW_TESTS_PERF_H
#define WW_TESTS_PERF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Ends the program with the text and errno unless ok. */
void perf_need(bool ok, const char *what);
/* Monotonic, and the processor's time of this process. */
uint64_t perf_us(void);
uint64_t perf_cpu_us(void);

/* The value behind --name, or otherwise when it is not given. */
const char *perf_text(int argc, char **argv, const char *name, const char *otherwise);
uint64_t perf_number(int argc, char **argv, const char *name, uint64_t otherwise);

/* A socket bound to a free port of 127.0.0.1 and listening; the port is printed, so that a script can read it. */
int perf_listen(void);
int perf_connect(unsigned port);
/* No blocking, no waiting for more bytes to send. */
void perf_tune(int fd);

/* The client's end of TLS over such a connection, once its handshake is done; the server's certificate is not looked at. */
struct ssl_st;
struct ssl_st *perf_tls(int fd);
/* As read and write, under TLS unless it is NULL. */
ssize_t perf_read(struct ssl_st *tls, int fd, void *p, size_t n);
ssize_t perf_write(struct ssl_st *tls, int fd, const void *p, size_t n);

enum { PERF_WIRE = 1024, PERF_PERSONS = 10000000 };

/* The admission of a person, framed for MLLP, PERF_WIRE bytes, under that control number. Persons are numbered so that
 * neighbours have numbers far apart, as arrivals at a hospital have. event is "A01", or another of the table;
 * visit is the first letter of the visit's number, as a person may have several. */
void perf_message(
    char wire[PERF_WIRE], const char *event, char visit, uint32_t person, uint32_t control);
/* One line of a roster that makes that person a practice's. */
void perf_roster_line(uint32_t person, unsigned practices, char line[128]);

#endif
