/* Certificates and the files they come from: a file is another when its inode, size or date is. */
#include "main/certificates.h"

#include "link/tls.h"

#include <wardwire/ctx.h>

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { FILES = 3 };

struct stamp {
	dev_t dev;
	ino_t ino;
	off_t size;
	struct timespec changed;
};

struct ww_certificates {
	const struct ww_listener *of;
	struct ww_certificates_say say;
	struct ww_tls *tls;
	struct ww_tls_names names;
	char *path[FILES];        /* certificate, key, CA; NULL: none */
	struct stamp read[FILES]; /* as they were when they were read */
	unsigned warned;          /* bits of enum ww_tls_warning */
};

static void
stamp_of(const char *path, struct stamp *out)
{
	struct stat st;

	memset(out, 0, sizeof(*out));
	if (path == NULL || stat(path, &st) != 0)
		return;
	out->dev = st.st_dev;
	out->ino = st.st_ino;
	out->size = st.st_size;
	out->changed = st.st_mtim;
}

static bool
same_stamp(const struct stamp *a, const struct stamp *b)
{
	return a->dev == b->dev && a->ino == b->ino && a->size == b->size &&
	       a->changed.tv_sec == b->changed.tv_sec && a->changed.tv_nsec == b->changed.tv_nsec;
}

/* Notes how the files are now; true when one of them is another. */
static bool
note_stamps(struct ww_certificates *c)
{
	bool same = true;

	for (size_t i = 0; i < FILES; i++) {
		struct stamp now;

		stamp_of(c->path[i], &now);
		same = same && same_stamp(&now, &c->read[i]);
		c->read[i] = now;
	}
	return !same;
}

static ww_status
read_files(const struct ww_certificates *c, struct ww_ctx *cx, struct ww_tls **out)
{
	const struct ww_tls_settings set = { .server = true,
		.cert = c->path[0],
		.key = c->path[1],
		.ca = c->path[2],
		.names = c->names.n > 0 ? &c->names : NULL };

	return ww_tls_open(cx, &set, out);
}

static void
warn(struct ww_certificates *c, int64_t now)
{
	unsigned bits = ww_tls_warnings(c->tls, now);

	for (unsigned bit = 1; bit <= bits; bit *= 2)
		if ((bits & ~c->warned & bit) != 0)
			c->say.warn(
			    c->say.arg, c->of->name, ww_tls_warning_text((enum ww_tls_warning)bit));
	c->warned = bits;
}

/* False: short of memory. */
static bool
take_path(char **out, ww_str path)
{
	if (path.n > 0)
		*out = strndup(path.p, path.n);
	return path.n == 0 || *out != NULL;
}

ww_status
ww_certificates_open(struct ww_ctx *cx, const struct ww_listener *l, struct ww_certificates_say say,
    int64_t now, struct ww_certificates **out)
{
	struct ww_certificates *c = calloc(1, sizeof(*c));
	ww_status s;

	if (c == NULL)
		return ww_fail_memory(cx);
	c->of = l;
	c->say = say;
	c->names = (struct ww_tls_names){ l->tls.names.v, l->tls.names.n };
	if (take_path(&c->path[0], l->tls.cert) && take_path(&c->path[1], l->tls.key) &&
	    take_path(&c->path[2], l->tls.client_ca)) {
		(void)note_stamps(c); /* before they are read: a change in between is seen */
		s = read_files(c, cx, &c->tls);
	} else {
		s = ww_fail_memory(cx);
	}
	if (s != WW_OK) {
		ww_certificates_close(c);
		return s;
	}
	warn(c, now);
	*out = c;
	return WW_OK;
}

void
ww_certificates_close(struct ww_certificates *c)
{
	if (c == NULL)
		return;
	ww_tls_close(c->tls);
	for (size_t i = 0; i < FILES; i++)
		free(c->path[i]);
	free(c);
}

struct ww_tls *
ww_certificates_tls(const struct ww_certificates *c)
{
	return c->tls;
}

ww_status
ww_certificates_look(
    struct ww_certificates *c, struct ww_ctx *cx, bool always, int64_t now, bool *renewed)
{
	bool changed = note_stamps(c);
	struct ww_tls *tls;
	ww_status s;

	*renewed = false;
	if (!changed && !always) {
		warn(c, now);
		return WW_OK;
	}
	s = read_files(c, cx, &tls);
	if (s != WW_OK) {
		if (ww_status_class(s) ==
		    WW_TRANSIENT) /* not the files' fault: they are tried again */
			memset(c->read, 0, sizeof(c->read));
		return s;
	}
	ww_tls_close(c->tls);
	c->tls = tls;
	c->warned = 0;
	*renewed = true;
	warn(c, now);
	return WW_OK;
}
