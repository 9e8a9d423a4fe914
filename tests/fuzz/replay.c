/* Runs a fuzz target without a fuzzer: over each file of the folders given, and over changed copies of them that are the
 * same in every run (WW_SEED=N and WW_RUNS=N choose others, and how many). A finding ends the process; its bytes are
 * printed. */
#include <dirent.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { RUNS = 2000, MOST = 4096, SEEDS = 200 };

static struct seed {
	uint8_t bytes[MOST];
	size_t n;
} seeds[SEEDS];
static size_t seeds_n;

static uint64_t state;

static size_t
any(size_t below)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return below > 0 ? (size_t)(state >> 16) % below : 0;
}

static int
read_seed(const char *folder, const char *name)
{
	char path[4096];
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "rb");
	if (f == NULL || seeds_n == SEEDS) {
		(void)fprintf(stderr, "%s: cannot be read, or is one too many\n", path);
		return 1;
	}
	seeds[seeds_n].n = fread(seeds[seeds_n].bytes, 1, MOST, f);
	(void)fclose(f);
	seeds_n++;
	return 0;
}

/* By name, so that the changes are the same wherever it runs. */
static int
read_folder(const char *folder)
{
	struct dirent **names;
	int n = scandir(folder, &names, NULL, alphasort), bad = n < 0;

	for (int i = 0; i < n; i++) {
		if (names[i]->d_name[0] != '.')
			bad |= read_seed(folder, names[i]->d_name);
		free(names[i]);
	}
	if (n >= 0)
		free(names);
	return bad;
}

/* One change: a byte, a piece taken out, a piece doubled, or the rest of another seed. */
static void
change(struct seed *s)
{
	size_t at = any(s->n + 1), n = any(16) + 1;
	const struct seed *other = &seeds[any(seeds_n)];

	switch (any(4)) {
	case 0:
		if (at < s->n)
			s->bytes[at] = (uint8_t)any(256);
		break;
	case 1:
		n = n < s->n - at ? n : s->n - at;
		memmove(s->bytes + at, s->bytes + at + n, s->n - at - n);
		s->n -= n;
		break;
	case 2:
		n = n < s->n - at ? n : s->n - at;
		if (s->n + n > MOST)
			break;
		memmove(s->bytes + at + n, s->bytes + at, s->n - at);
		s->n += n;
		break;
	default:
		n = any(other->n + 1);
		s->n = at + other->n - n < MOST ? at + other->n - n : MOST;
		memcpy(s->bytes + at, other->bytes + n, s->n - at);
		break;
	}
}

static const struct seed *volatile running;

/* What was found, as \\x.. for printf. */
static void
tell(int signal_number)
{
	static const char digits[] = "0123456789abcdef";
	static char text[4 * MOST + 1];
	size_t n = running->n;

	for (size_t i = 0; i < n; i++) {
		text[4 * i] = '\\';
		text[4 * i + 1] = 'x';
		text[4 * i + 2] = digits[running->bytes[i] >> 4];
		text[4 * i + 3] = digits[running->bytes[i] & 15];
	}
	text[4 * n] = '\n';
	if (write(STDERR_FILENO, text, 4 * n + 1) < 0)
		_exit(1);
	(void)signal(signal_number, SIG_DFL);
	(void)raise(signal_number);
}

/* An allocation of exactly its size, so that a sanitizer sees a byte read behind it. */
static void
run(const struct seed *s)
{
	uint8_t *copy = malloc(s->n > 0 ? s->n : 1);

	if (copy == NULL)
		exit(1);
	memcpy(copy, s->bytes, s->n);
	running = s;
	(void)LLVMFuzzerTestOneInput(copy, s->n);
	free(copy);
}

int
main(int argc, char **argv)
{
	const char *seed = getenv("WW_SEED"), *more = getenv("WW_RUNS");
	long runs = more != NULL ? strtol(more, NULL, 10) : RUNS;
	int bad = 0;

	state = seed != NULL ? strtoull(seed, NULL, 10) : 88172645463325252U;
	for (int i = 1; i < argc; i++)
		bad |= read_folder(argv[i]);
	if (bad != 0 || seeds_n == 0)
		return 1;
	(void)signal(SIGABRT, tell);
	(void)signal(SIGSEGV, tell);
	for (size_t i = 0; i < seeds_n; i++)
		run(&seeds[i]);
	for (long i = 0; i < runs; i++) {
		static struct seed s;

		s = seeds[any(seeds_n)];
		for (size_t k = any(8) + 1; k > 0; k--)
			change(&s);
		run(&s);
	}
	(void)printf("%zu seeds, %ld changed\n", seeds_n, runs);
	return 0;
}
