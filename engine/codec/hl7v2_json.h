/* HL7 v2 messages as JSON for people who read them: not a format of exchange. */
#ifndef WW_CODEC_HL7V2_JSON_H
#define WW_CODEC_HL7V2_JSON_H

struct ww_ctx;
struct ww_hl7;
struct ww_json;

/* {"segments": [{"id": "PID", "fields": {"3": ["4711"], "5": [{"1": "Muster", "2": "Anna"}]}}]}
 *
 * A field is the array of its repetitions. A repetition is its text when it has nothing but a first
 * component, else an object of components by number; a component likewise of subcomponents. null is the
 * delete marker (""), an empty text a repetition left empty between others. What is absent or empty is not
 * shown. MSH-1 and MSH-2 are shown as they stand; a line that is no segment as {"text": ...}. Bytes that are
 * no text in the message's character set are shown as their escape, \XE4\. *out is NULL when memory is
 * short. */
void ww_hl7_json(struct ww_ctx *cx, const struct ww_hl7 *m, struct ww_json **out);

#endif
