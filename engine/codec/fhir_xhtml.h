/* The XHTML of a narrative: well formed, one div, and only what FHIR R4 allows in it (txt-1, txt-2). It is looked at, never
 * shown. */
#ifndef WW_CODEC_FHIR_XHTML_H
#define WW_CODEC_FHIR_XHTML_H

#include <wardwire/str.h>

struct ww_fhir_xhtml {
	const char *fault; /* not well formed or no div of XHTML: why; NULL: it is good */
	const char *
	    disallowed; /* an element or attribute that narratives may not have: which kind; NULL: none */
	bool content; /* text or a picture */
};

/* Reads the text of Narrative.div. */
void ww_fhir_xhtml_look(ww_str div, struct ww_fhir_xhtml *out);

#endif
