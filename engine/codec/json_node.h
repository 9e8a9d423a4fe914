/* A struct ww_json is a cJSON node in an arena, by cast. For codec/json*.c alone: nobody else sees cJSON.
 * Numbers are always of the raw kind and keep their digits as written: none passes through a double. */
#ifndef WW_CODEC_JSON_NODE_H
#define WW_CODEC_JSON_NODE_H

#include <wardwire/json.h>

#include <cjson/cJSON.h>

/* The low byte of a node's type is its kind, the rest are flags. */
#define WW_JSON_KIND_MASK 0xff

/* Sets the library's allocation hooks, once in a process: before its first call that could allocate or
 * free. */
void ww_json_hooks(void);

static inline cJSON *
ww_json_node(struct ww_json *v)
{
	return (cJSON *)(void *)v;
}

static inline const cJSON *
ww_json_cnode(const struct ww_json *v)
{
	return (const cJSON *)(const void *)v;
}

static inline struct ww_json *
ww_json_of(cJSON *n)
{
	return (struct ww_json *)(void *)n;
}

#endif
