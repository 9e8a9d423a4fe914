/* Pieces that the kinds of CSV extract share. Private to mappers/. All build in cx's arena; an empty text is nothing and sets
 * nothing. */
#ifndef WW_MAPPERS_EXTRACT_H
#define WW_MAPPERS_EXTRACT_H

#include <wardwire/csv_kind.h>
#include <wardwire/json.h>

/* Every kind begins with these columns. */
#define WW_EXTRACT_COMMON(COLUMN)                                                                  \
	COLUMN(member_id, true, "the payer's number of the member")                                \
	COLUMN(member_system, false, "who gave it, as a URI or OID; the feed's name unless given") \
	COLUMN(                                                                                    \
	    patient_id, false, "id of the Patient of this feed, where members are loaded as such") \
	COLUMN(family_name, false, "of the member")                                                \
	COLUMN(given_name, false, "of the member")                                                 \
	COLUMN(birth_date, false, "of the member, a date")                                         \
	COLUMN(sex, false, "of the member: M, F, O, U or the word")                                \
	COLUMN(payer, false, "its name")                                                           \
	COLUMN(updated, false, "when the row was last changed: which of two is newer")

#define WW_EXTRACT_ENUM(name, required, help) COL_##name,
#define WW_EXTRACT_ROW(name, required, help) { #name, required, help },
enum ww_extract_common { WW_EXTRACT_COMMON(WW_EXTRACT_ENUM) WW_EXTRACT_COMMON_N };

/* A row in hand. */
struct ww_extract_in {
	struct ww_ctx *cx;
	const struct ww_feed *feed;
	const struct ww_csv_column *columns;
	const ww_str *cells;
};

/* Records that the column does not hold what it should. */
ww_status ww_extract_fail(const struct ww_extract_in *in, size_t column, const char *what);

/* Dates are YYYY-MM-DD, YYYYMMDD or MM/DD/YYYY, a time may follow (HH:MM[:SS] with T or a blank before it, or HHMM[SS] of the
 * second form) and a zone; without one the feed's is meant. *out is the date alone, or all there is; the last always an
 * instant. Of an empty cell they are empty. */
WW_MUST ww_status ww_extract_date(const struct ww_extract_in *in, size_t column, ww_str *out);
WW_MUST ww_status ww_extract_when(const struct ww_extract_in *in, size_t column, ww_str *out);
WW_MUST ww_status ww_extract_instant(const struct ww_extract_in *in, size_t column, ww_str *out);
/* {"start","end"} of two columns of dates; NULL when neither holds one. */
WW_MUST ww_status ww_extract_period(
    const struct ww_extract_in *in, size_t start, size_t end, struct ww_json **out);
/* A decimal as FHIR has it: '$' and ',' of thousands go, digits stay; NULL when empty. */
WW_MUST ww_status ww_extract_decimal(
    const struct ww_extract_in *in, size_t column, struct ww_json **out);
/* A code of a table by the words of the file, whatever their case; empty gives the first row. WW_E_CODE else. */
struct ww_extract_word {
	const char *word, *is;
};
WW_MUST ww_status ww_extract_word(const struct ww_extract_in *in, size_t column,
    const struct ww_extract_word *table, const char **out);

/* "prefix-number" with what no id may hold written as ".XX"; WW_E_LIMIT when it is too long for an id. */
WW_MUST ww_status ww_extract_id(
    const struct ww_extract_in *in, const char *prefix, size_t column, ww_str *out);

struct ww_json *ww_extract_concept(struct ww_ctx *cx, const char *system, ww_str code, ww_str text);
struct ww_json *ww_extract_identifier(
    struct ww_ctx *cx, const char *type, ww_str system, ww_str value);
/* A Reference by NPI or by name; NULL when both are empty. */
struct ww_json *ww_extract_party(struct ww_ctx *cx, ww_str npi, ww_str name);

/* {"resourceType","id","meta"}: updated is the version's time. */
WW_MUST ww_status ww_extract_start(
    const struct ww_extract_in *in, const char *type, ww_str id, struct ww_json **out);
/* The member as `key` of the resource: a Reference to Patient/<patient_id>, or to Patient/member-<member_id>, which is then
 * made as *out when the row says anything of who the member is; else NULL. */
WW_MUST ww_status ww_extract_member(const struct ww_extract_in *in, struct ww_json *resource,
    const char *key, struct ww_json **out);
/* Sets a member that R4 wants and the file lacks to say that it is unknown. */
void ww_extract_absent(struct ww_ctx *cx, struct ww_json *owner, const char *key);
/* Sets v, or says that it is unknown where it is NULL. */
void ww_extract_need(struct ww_ctx *cx, struct ww_json *owner, const char *key, struct ww_json *v);
/* The end of a map: the member, unless NULL, and what is about the member go out; s, or that memory was short. */
WW_MUST ww_status ww_extract_end(struct ww_ctx *cx, ww_status s, struct ww_json *member,
    struct ww_json *about, struct ww_json *out[WW_CSV_RESOURCES], size_t *out_n);
/* insurance[0] of a Claim, with the payer's number of an authorization where there is one. */
void ww_extract_insurance(
    const struct ww_extract_in *in, struct ww_json *claim, ww_str authorization);

#endif
