/* What an answer of a FHIR endpoint means for the notice that was sent: tables, no effects. */
#ifndef WW_LINK_FHIR_CLASS_H
#define WW_LINK_FHIR_CLASS_H

#include "link/http_out.h"

#include <wardwire/sink.h>

/* What was seen of one request. */
struct ww_fhir_seen {
	enum ww_verb verb;
	enum ww_http_end end;
	long http;
	ww_str
	    issue; /* code of the first issue of severity error or fatal in an OperationOutcome; may be empty */
	bool strange; /* there is a body, and it is no FHIR JSON */
	bool named;   /* id or location of the resource is known */
	/* Of a search: */
	bool bundle;   /* the answer is a Bundle */
	size_t found;  /* resources in it with our identifier */
	size_t others; /* resources in it without */
};

struct ww_fhir_verdict {
	enum ww_result result;
	const char *reason; /* a fixed text or a FHIR issue code; "" when there is nothing to say */
};

struct ww_fhir_verdict ww_fhir_classify(const struct ww_fhir_seen *seen);

#endif
