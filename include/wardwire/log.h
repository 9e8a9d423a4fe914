/* One line of key=value (logfmt) on standard error. Never a value from a message: the place is enough. */
#ifndef WARDWIRE_LOG_H
#define WARDWIRE_LOG_H

enum ww_log_level {
	WW_LOG_ERROR, /* a person must act */
	WW_LOG_WARN,
	WW_LOG_INFO, /* one line per message and per delivery */
	WW_LOG_DEBUG,
};

/* The text is key=value pairs, values with blanks in double quotes; time and level are put in front.
 * One write per line, so lines of several threads do not mix. */
void ww_log(enum ww_log_level level, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void ww_log_set_level(enum ww_log_level most); /* default WW_LOG_INFO */

#endif
