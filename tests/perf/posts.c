/* Encounters of 3 KB by POST, each of a visit of its own, over connections that have one request under way each: how many are answered by
 * 201 a second, and how long one takes. --port P --path /fhir/Encounter --connections 32 --seconds 5 --persons 1000 --first 1 */
#include "tests/perf/perf.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BODY = 3072, MOST = 256, TIMES = 1 << 20, ANSWER = 16384 };

struct connection {
	int fd;
	uint64_t begun; /* us; 0: no request is under way */
	char answer[ANSWER];
	size_t n;
};

static struct connection v[MOST];
static uint32_t times[TIMES]; /* us */
static size_t times_n;

/* An admission to a ward with the member as a contained Patient; the narrative makes it 3 KB. */
static size_t
write_request(char *out, size_t room, const char *path, uint64_t visit, uint64_t person)
{
	static char body[BODY + 1];
	int head, n = snprintf(body, sizeof(body),
	              "{\"resourceType\":\"Encounter\","
	              "\"contained\":[{\"resourceType\":\"Patient\",\"id\":\"p\",\"identifier\":[{"
	              "\"type\":{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/"
	              "v2-0203\","
	              "\"code\":\"MB\"}]},\"system\":\"https://acme.example.org/"
	              "members\",\"value\":\"M%04u\"}],"
	              "\"name\":[{\"family\":\"TESTFAMILY%u\",\"given\":[\"GIVEN\"]}],\"gender\":"
	              "\"female\","
	              "\"birthDate\":\"1950-03-02\"}],"
	              "\"identifier\":[{\"system\":\"https://mercy.example.org/"
	              "visits\",\"value\":\"P%llu\"}],"
	              "\"status\":\"in-progress\",\"class\":{\"system\":"
	              "\"http://terminology.hl7.org/CodeSystem/v3-ActCode\",\"code\":\"IMP\"},"
	              "\"subject\":{\"reference\":\"#p\"},\"period\":{\"start\":\"2026-03-02T07:00:"
	              "00-05:00\"},"
	              "\"serviceProvider\":{\"identifier\":{\"system\":\"http://hl7.org/fhir/sid/"
	              "us-npi\","
	              "\"value\":\"1234567893\"},\"display\":\"Mercy\"},\"text\":{\"status\":"
	              "\"generated\","
	              "\"div\":\"<div xmlns=\\\"http://www.w3.org/1999/xhtml\\\"><p>",
	              (unsigned)person, (unsigned)person, (unsigned long long)visit);
	static const char end[] = "</p></div>\"}}";

	perf_need(n > 0 && (size_t)n + sizeof(end) < BODY, "body");
	memset(body + n, 'x', BODY - (size_t)n);
	memcpy(body + BODY - (sizeof(end) - 1), end, sizeof(end) - 1);
	head = snprintf(out, room,
	    "POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/fhir+json\r\n"
	    "Prefer: return=minimal\r\nContent-Length: %d\r\n\r\n",
	    path, BODY);
	perf_need(head > 0 && (size_t)head + BODY <= room, "request");
	memcpy(out + head, body, BODY);
	return (size_t)head + BODY;
}

static void
ask(struct connection *c, const char *path, uint64_t visit, uint64_t persons)
{
	char text[BODY + 512];
	size_t n = write_request(text, sizeof(text), path, visit, visit % persons + 1);

	c->n = 0;
	c->begun = perf_us();
	perf_need(send(c->fd, text, n, MSG_NOSIGNAL) == (ssize_t)n, "send");
}

/* True when the answer is whole: return=minimal has no body. */
static bool
hear(struct connection *c)
{
	ssize_t n = recv(c->fd, c->answer + c->n, sizeof(c->answer) - 1 - c->n, 0);

	perf_need(n > 0, "recv");
	c->n += (size_t)n;
	c->answer[c->n] = '\0';
	if (strstr(c->answer, "\r\n\r\n") == NULL)
		return false;
	if (strncmp(c->answer, "HTTP/1.1 201", 12) != 0) {
		fprintf(stderr, "posts: %s\n", c->answer);
		exit(EXIT_FAILURE);
	}
	if (times_n < TIMES)
		times[times_n++] = (uint32_t)(perf_us() - c->begun);
	c->begun = 0;
	return true;
}

static int
by_time(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

int
main(int argc, char **argv)
{
	const char *path = perf_text(argc, argv, "path", "/fhir/Encounter");
	size_t n = (size_t)perf_number(argc, argv, "connections", 32), open = n;
	uint64_t seconds = perf_number(argc, argv, "seconds", 5);
	uint64_t persons = perf_number(argc, argv, "persons", 1000);
	uint64_t visit = perf_number(argc, argv, "first", 1);
	struct pollfd p[MOST];
	uint64_t begun, took;

	perf_need(n > 0 && n <= MOST && persons > 0 && persons < 10000, "--connections, --persons");
	for (size_t i = 0; i < n; i++) {
		v[i].fd = perf_connect((unsigned)perf_number(argc, argv, "port", 0));
		p[i] = (struct pollfd){ .fd = v[i].fd, .events = POLLIN };
	}
	begun = perf_us();
	for (size_t i = 0; i < n; i++)
		ask(&v[i], path, visit++, persons);
	while (open > 0) {
		perf_need(poll(p, n, -1) > 0, "poll");
		for (size_t i = 0; i < n; i++) {
			if (p[i].revents == 0 || !hear(&v[i]))
				continue;
			if (perf_us() - begun < seconds * 1000000)
				ask(&v[i], path, visit++, persons);
			else
				open--;
		}
	}
	took = perf_us() - begun;
	qsort(times, times_n, sizeof(times[0]), by_time);
	printf("posts %zu rate %.0f p50-us %u p99-us %u\n", times_n,
	    (double)times_n * 1e6 / (double)took, times[times_n / 2],
	    times[times_n - 1 - times_n / 100]);
	return EXIT_SUCCESS;
}
