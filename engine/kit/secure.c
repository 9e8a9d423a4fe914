/* TLS options as rows, and the context made of them. */
#include "kit/secure.h"

#include "base/options.h"
#include "link/tls.h"

#include <wardwire/ctx.h>

#include <string.h>

void
ww_secure_rows(struct ww_secure *s, struct ww_option *rows)
{
	const struct ww_option own[WW_SECURE_ROWS] = {
		{ .name = "ca",
		    .argument = "FILE",
		    .text = &s->ca,
		    .help = "TLS: certificates (PEM) that vouch for the other side's" },
		{ .name = "cert",
		    .argument = "FILE",
		    .text = &s->cert,
		    .help = "TLS: own certificate (PEM), with what leads up to its CA" },
		{ .name = "key",
		    .argument = "FILE",
		    .text = &s->key,
		    .help = "TLS: the key of --cert (PEM, without a passphrase)" },
	};

	memcpy(rows, own, sizeof(own));
}

bool
ww_secure_given(const struct ww_secure *s)
{
	return s->ca != NULL || s->cert != NULL || s->key != NULL;
}

ww_status
ww_secure_open(struct ww_ctx *cx, const struct ww_secure *s, bool server, struct ww_tls **out)
{
	const struct ww_tls_settings settings = {
		.server = server, .cert = s->cert, .key = s->key, .ca = s->ca
	};

	if ((s->cert == NULL) != (s->key == NULL))
		return ww_fail(cx, WW_E_CONFIG, NULL, "--cert and --key go together");
	if (server && s->cert == NULL)
		return ww_fail(cx, WW_E_CONFIG, NULL, "a TLS server needs --cert and --key");
	return ww_tls_open(cx, &settings, out);
}
