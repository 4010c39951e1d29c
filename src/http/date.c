/* Reading dates: RFC 9110 5.6.7 and RFC 6265bis 5.1.1. */
#include "http/date.h"

#include "http/octet.h"

struct civil {
	int year, month, day; /* month 1..12 */
	int hour, minute, second;
};

/* The number of the month whose English name starts with the first three letters of s; 0 when none
 * does. */
static int month_of(struct slice s)
{
	static const char names[] = "janfebmaraprmayjunjulaugsepoctnovdec";
	int i;

	for (i = 0; i < 12 && s.n >= 3; i++)
		if (slice_ieq(slice_sub(s, 0, 3), slice_of(names + 3 * i, 3)))
			return i + 1;
	return 0;
}

static bool is_leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* Seconds since 1970 UTC; -1 when the date does not exist.  A leap second counts as the second
 * behind it. */
static int civil_seconds(const struct civil *c, int max_second, int64_t *seconds)
{
	static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	static const int before[] = { 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334 };
	int64_t days, y = c->year - 1;

	if (c->month < 1 || c->month > 12 || c->day < 1 || c->year < 1601)
		return -1;
	if (c->day > lengths[c->month - 1] + (c->month == 2 && is_leap(c->year)))
		return -1;
	if (c->hour > 23 || c->minute > 59 || c->second > max_second)
		return -1;
	days = 365 * y + y / 4 - y / 100 + y / 400 - 719162;
	days += before[c->month - 1] + (c->month > 2 && is_leap(c->year)) + c->day - 1;
	*seconds = ((days * 24 + c->hour) * 60 + c->minute) * 60 + c->second;
	return 0;
}

/* Exactly n digits at the start of *s, cut off; -1 when they are not there. */
static int take_digits(struct slice *s, size_t n, int *out)
{
	size_t i;

	*out = 0;
	if (s->n < n)
		return -1;
	for (i = 0; i < n; i++) {
		if (!http_octet_is(s->p[i], HTTP_DIGIT))
			return -1;
		*out = *out * 10 + s->p[i] - '0';
	}
	*s = slice_skip(*s, n);
	return 0;
}

static int take_text(struct slice *s, const char *text)
{
	if (!slice_starts(*s, slice_str(text)))
		return -1;
	*s = slice_skip(*s, strlen(text));
	return 0;
}

static int take_month(struct slice *s, int *month)
{
	*month = month_of(*s);
	*s = slice_skip(*s, 3);
	return *month ? 0 : -1;
}

static int take_time(struct slice *s, struct civil *c)
{
	if (take_digits(s, 2, &c->hour) < 0 || take_text(s, ":") < 0 || take_digits(s, 2, &c->minute) < 0 ||
	    take_text(s, ":") < 0)
		return -1;
	return take_digits(s, 2, &c->second);
}

/* "06 Nov 1994 08:49:37 GMT", behind "Sun, "; with '-' between and a year of two digits: RFC 850.
 */
static int take_fixdate(struct slice s, const char *sep, size_t year_digits, struct civil *c)
{
	if (take_digits(&s, 2, &c->day) < 0 || take_text(&s, sep) < 0 || take_month(&s, &c->month) < 0 ||
	    take_text(&s, sep) < 0 || take_digits(&s, year_digits, &c->year) < 0 || take_text(&s, " ") < 0 ||
	    take_time(&s, c) < 0 || take_text(&s, " GMT") < 0)
		return -1;
	if (year_digits == 2)
		c->year += c->year < 70 ? 2000 : 1900;
	return s.n ? -1 : 0;
}

/* "Nov  6 08:49:37 1994", behind "Sun ". */
static int take_asctime(struct slice s, struct civil *c)
{
	if (take_month(&s, &c->month) < 0 || take_text(&s, " ") < 0)
		return -1;
	if (take_text(&s, " ") == 0 ? take_digits(&s, 1, &c->day) : take_digits(&s, 2, &c->day))
		return -1;
	if (take_text(&s, " ") < 0 || take_time(&s, c) < 0 || take_text(&s, " ") < 0 ||
	    take_digits(&s, 4, &c->year) < 0)
		return -1;
	return s.n ? -1 : 0;
}

/* The length of the English name of a weekday, short or long, at the start of s; 0 when none is
 * there. */
static size_t weekday_length(struct slice s)
{
	static const char *const names[] = { "Monday", "Tuesday", "Wednesday", "Thursday", "Friday",
		"Saturday", "Sunday" };
	size_t i;

	for (i = 0; i < 7; i++) {
		if (slice_starts(s, slice_str(names[i])))
			return strlen(names[i]);
		if (slice_starts(s, slice_of(names[i], 3)))
			return 3;
	}
	return 0;
}

int http_date_parse(struct slice text, int64_t *seconds)
{
	size_t weekday = weekday_length(text);
	struct slice s = slice_skip(text, weekday);
	struct civil c = { 0 };
	int r;

	if (weekday == 0)
		return -1;
	if (take_text(&s, ", ") == 0)
		r = weekday == 3 ? take_fixdate(s, " ", 4, &c) : take_fixdate(s, "-", 2, &c);
	else
		r = weekday == 3 && take_text(&s, " ") == 0 ? take_asctime(s, &c) : -1;
	return r < 0 ? -1 : civil_seconds(&c, 60, seconds);
}

/* 6265bis 5.1.1: octets between the parts of a cookie date. */
static bool is_delimiter(uint8_t c)
{
	return c == 0x09 || (c >= 0x20 && c <= 0x2f) || (c >= 0x3b && c <= 0x40) ||
	       (c >= 0x5b && c <= 0x60) || (c >= 0x7b && c <= 0x7e);
}

static struct slice next_part(struct slice *rest)
{
	size_t i;

	while (rest->n && is_delimiter(*rest->p))
		*rest = slice_skip(*rest, 1);
	for (i = 0; i < rest->n && !is_delimiter(rest->p[i]); i++)
		;
	*rest = slice_skip(*rest, i);
	return slice_of(rest->p - i, i);
}

/* A number of min to max digits at the start of *s that no further digit follows, cut off; -1
 * otherwise. */
static int take_number(struct slice *s, size_t min, size_t max, int *out)
{
	size_t n = 0;

	while (n < s->n && http_octet_is(s->p[n], HTTP_DIGIT))
		n++;
	if (n < min || n > max)
		return -1;
	return take_digits(s, n, out);
}

/* hms-time, then perhaps something that is no digit. */
static int part_time(struct slice s, struct civil *c)
{
	struct civil t = *c;

	if (take_number(&s, 1, 2, &t.hour) < 0 || take_text(&s, ":") < 0 ||
	    take_number(&s, 1, 2, &t.minute) < 0 || take_text(&s, ":") < 0 ||
	    take_number(&s, 1, 2, &t.second) < 0)
		return -1;
	*c = t;
	return 0;
}

int http_cookie_date(struct slice text, int64_t *seconds)
{
	bool time = false, day = false, month = false, year = false;
	struct civil c = { 0 };

	while (text.n) {
		struct slice part = next_part(&text), at = part;
		int number;

		if (!time && part_time(part, &c) == 0) {
			time = true;
		} else if (!day && take_number(&at, 1, 2, &number) == 0) {
			c.day = number;
			day = true;
		} else if (!month && month_of(part)) {
			c.month = month_of(part);
			month = true;
		} else if (!year && take_number(&at, 2, 4, &number) == 0) {
			c.year = number;
			year = true;
		}
	}
	if (!time || !day || !month || !year)
		return -1;
	if (c.year <= 99)
		c.year += c.year >= 70 ? 1900 : 2000;
	return civil_seconds(&c, 59, seconds);
}
