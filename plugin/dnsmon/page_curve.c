/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Curves over time: rows of numbers, one for each bin, from a time on.
 *
 * LIMITS: on a day on which clocks change, an hour is drawn twice or not at all.
 */
#include "page_curve.h"

void curve_begin(const struct page *p, struct plot *plot, struct json_object *curve, const char *y)
{
    double width = event_number(curve, "width");
    int64_t from_s = (int64_t)event_number(curve, "from");
    int64_t to_s = from_s + (int64_t)(width * (double)fig_rows(event_at(curve, "rows")));
    char *x = page_time_title(p, from_s, to_s);

    plot_begin(plot, x, y);
    plot_time(plot, page_local(p, from_s), page_local(p, to_s));
    g_free(x);
}

void curve_rates(const struct page *p, struct plot *plot, struct json_object *curve,
                 const unsigned *add, unsigned n)
{
    struct json_object *rows = event_at(curve, "rows");
    double width = event_number(curve, "width"), from = event_number(curve, "from");

    for (size_t i = 0; i < fig_rows(rows); i++) {
        double row[4] = {(double)page_local(p, (int64_t)(from + ((double)i + 0.5) * width))};
        for (unsigned k = 0; k < n; k++) {
            for (unsigned c = 0; c < 5; c++) {
                row[k + 1] += add[k] >> c & 1 ? fig_number(rows, i, c) * 60 / width : 0;
            }
        }
        plot_row(plot, row, n + 1);
    }
}

double curve_sum(struct json_object *curve, size_t column)
{
    struct json_object *rows = event_at(curve, "rows");
    double sum = 0;

    for (size_t i = 0; i < fig_rows(rows); i++) {
        sum += fig_number(rows, i, column);
    }
    return sum;
}
