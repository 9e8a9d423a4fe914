/* A hospital for the kill tests: connections that send ADT one message at a time and send again what was not acknowledged,
 * as real senders do. It notes what it did in a log that the checker reads. It shares no code with the engine. */
#ifndef WW_TESTS_FAULTS_SENDER_H
#define WW_TESTS_FAULTS_SENDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct sender;

/* Numbers that follow from the seed alone. */
uint64_t sender_random(uint64_t *state, uint64_t below);

/* Persons 1 to that number, as the roster of the test has them. log is not owned. Ends the process when memory is short. */
struct sender *sender_new(unsigned persons, uint64_t seed, FILE *log);
void sender_free(struct sender *s);

/* Connects anew to 127.0.0.1:port; what was under way is sent again. At most `most` messages that were not sent before. */
void sender_connect(struct sender *s, unsigned port, unsigned most);
/* Sends and reads for up to that many milliseconds. */
void sender_step(struct sender *s, int ms);
void sender_disconnect(struct sender *s);

/* Notes that the message of this control id (up to a blank) comes to be applied late. */
void sender_late(struct sender *s, const char *control);

bool sender_is_idle(const struct sender *s); /* everything sent is acknowledged */
size_t sender_acked(const struct sender *s);
size_t sender_repeated(const struct sender *s); /* messages sent more than once */
size_t sender_refused(const struct sender *s);  /* answers that were no AA */

#endif
