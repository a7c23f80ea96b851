/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Method: one gnuplot for each figure, without shell, without the user's start files; script and
 * data on its standard input, the SVG from its standard output. The plot command is the last line:
 * until gnuplot has read everything it prints nothing, so that neither side waits for the other.
 *
 * LIMITS: what gnuplot says of a mistake is not shown; the figure is left out.
 * Source: gnuplot 5.4 manual, "set terminal svg".
 */
#define _GNU_SOURCE
#include "plot.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "svg.h"

/* Size of a figure, px: two stand side by side on a screen, one is not too small on a phone. */
#define SIZE "440,270"
/* Most marks on a time axis that do not touch. */
#define MARKS 6

const char *plot_missing(void)
{
    char *path = g_find_program_in_path("gnuplot");

    if (!path) {
        return "gnuplot is not there: it draws the figures (Debian: package gnuplot-nox)";
    }
    g_free(path);
    return NULL;
}

void plot_begin(struct plot *p, const char *x, const char *y)
{
    p->data = g_string_new(NULL);
    p->script =
        g_string_new("set encoding utf8\n"
                     "set terminal svg size " SIZE " dynamic noenhanced font \"sans-serif,11\"\n"
                     "set border 3 lc " SVG_AXIS "\n"
                     "set tics nomirror scale 0.5 textcolor " SVG_TEXT "\n"
                     "set grid ytics lc " SVG_GRID " lw 0.7 dt 1\n"
                     "set key tmargin left horizontal samplen 1.5 textcolor " SVG_TEXT "\n"
                     "set style fill solid 0.9 noborder\n"
                     "set yrange [0:*]\n");
    g_string_append_printf(p->script, "set xlabel \"%s\" textcolor %s offset 0,0.3\n", x, SVG_TEXT);
    g_string_append_printf(p->script, "set ylabel \"%s\" textcolor %s offset 0.6,0\n", y, SVG_TEXT);
}

void plot_time(struct plot *p, int64_t from_s, int64_t to_s)
{
    static const int64_t steps[] = {300,   600,   1800,   3600,   7200,    10800,   21600,
                                    43200, 86400, 172800, 604800, 1209600, 2592000, 7776000};
    size_t i = 0;

    while (steps[i] < 86400 && to_s - from_s > PLOT_HOURS_MAX) {
        i++;
    }
    while (i + 1 < G_N_ELEMENTS(steps) && (to_s - from_s) / steps[i] > MARKS) {
        i++;
    }
    g_string_append_printf(p->script,
                           "set xdata time\nset timefmt \"%%s\"\nset format x \"%s\"\n"
                           "set xtics %" G_GINT64_FORMAT "\n"
                           "set xrange [\"%" G_GINT64_FORMAT "\":\"%" G_GINT64_FORMAT "\"]\n",
                           steps[i] < 86400 ? "%H:%M" : "%d %b", steps[i], from_s,
                           MAX(to_s, from_s + 60));
}

void plot_row(struct plot *p, const double *value, unsigned n)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE];

    for (unsigned i = 0; i < n; i++) {
        g_string_append_c(p->data, i ? ' ' : '\n');
        g_string_append(p->data, g_ascii_formatd(text, sizeof text, "%.12g", value[i]));
    }
}

/* ---- gnuplot ---- */

static void write_all(int fd, const GString *text)
{
    for (size_t at = 0; at < text->len;) {
        ssize_t n = write(fd, text->str + at, text->len - at);
        if (n <= 0) {
            return; /* it has ended: its exit status says so */
        }
        at += (size_t)n;
    }
}

static GString *read_all(int fd)
{
    GString *out = g_string_new(NULL);
    char buf[16384];
    ssize_t n;

    while ((n = read(fd, buf, sizeof buf)) > 0) {
        g_string_append_len(out, buf, n);
    }
    return out;
}

static char *run(const GString *script)
{
    static char program[] = "gnuplot", no_start_files[] = "-d";
    char *args[] = {program, no_start_files, NULL};
    char **env = g_environ_setenv(g_get_environ(), "LC_ALL", "C", TRUE);
    int in, out, status = -1;
    GPid pid;
    bool begun = g_spawn_async_with_pipes(NULL, args, env,
                                          G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD |
                                              G_SPAWN_STDERR_TO_DEV_NULL,
                                          NULL, NULL, &pid, &in, &out, NULL, NULL);

    g_strfreev(env);
    if (!begun) {
        return NULL;
    }
    write_all(in, script);
    close(in);
    GString *svg = read_all(out);
    close(out);
    waitpid(pid, &status, 0);
    bool ok = WIFEXITED(status) && WEXITSTATUS(status) == 0 && strstr(svg->str, "</svg>");
    return g_string_free(svg, !ok);
}

char *plot_end(struct plot *p, const char *how)
{
    g_string_append(p->script, "$d << EOD");
    g_string_append(p->script, p->data->str);
    g_string_append_printf(p->script, "\nEOD\nplot %s\n", how);
    char *svg = run(p->script);
    g_string_free(p->script, TRUE);
    g_string_free(p->data, TRUE);
    *p = (struct plot){0};
    return svg;
}
