/* logfmt lines on standard error, each by one write so that threads do not mix theirs. */
#include <wardwire/log.h>
#include <wardwire/time.h>

#include <errno.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

/* A pipe takes this much at once: a longer line is cut. */
#define LINE_MAX_BYTES 2048

static const char *const level_names[] = {
	[WW_LOG_ERROR] = "error",
	[WW_LOG_WARN] = "warn",
	[WW_LOG_INFO] = "info",
	[WW_LOG_DEBUG] = "debug",
};

static atomic_int most_level = WW_LOG_INFO;

void
ww_log_set_level(enum ww_log_level most)
{
	atomic_store(&most_level, (int)most);
}

/* The time is the machine's, not ww_clock's: a log tells when things really happened. */
static size_t
write_head(char *line, size_t cap, enum ww_log_level level)
{
	struct timespec now = { 0, 0 };
	int year, month, mday, n;
	long s;

	clock_gettime(CLOCK_REALTIME, &now);
	ww_day_civil((int64_t)now.tv_sec / 86400, &year, &month, &mday);
	s = (long)(now.tv_sec % 86400);
	n = snprintf(line, cap, "ts=%04d-%02d-%02dT%02ld:%02ld:%02ldZ level=%s ", year, month, mday,
	    s / 3600, s / 60 % 60, s % 60, level_names[level]);
	return n > 0 && (size_t)n < cap ? (size_t)n : 0;
}

void
ww_log(enum ww_log_level level, const char *fmt, ...)
{
	char line[LINE_MAX_BYTES];
	int saved = errno;
	size_t head, n, i;
	va_list ap;
	ssize_t put;
	int more;

	if ((int)level > atomic_load(&most_level))
		return;
	head = write_head(line, sizeof(line), level);
	va_start(ap, fmt);
	more = vsnprintf(line + head, sizeof(line) - head, fmt, ap);
	va_end(ap);
	n = head + (more > 0 ? (size_t)more : 0);
	if (n > sizeof(line) - 1)
		n = sizeof(line) - 1;
	for (i = head; i < n; i++) /* a line break in the text would be a second, forged line */
		if ((unsigned char)line[i] < ' ' || line[i] == 0x7f)
			line[i] = ' ';
	line[n] = '\n';
	do
		put = write(STDERR_FILENO, line, n + 1);
	while (put < 0 && errno == EINTR);
	errno = saved;
}
