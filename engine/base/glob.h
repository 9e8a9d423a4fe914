/* Patterns as people write them for names. */
#ifndef WW_BASE_GLOB_H
#define WW_BASE_GLOB_H

#include <wardwire/str.h>

/* text as a whole fits pattern: '*' stands for any text, '?' for one character (of UTF-8), all else for itself, ASCII
 * letters whatever their case. Takes time of at most pattern times text. */
bool ww_glob(ww_str pattern, ww_str text);

#endif
