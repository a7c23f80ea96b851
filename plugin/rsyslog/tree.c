/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An event's fields as a tree of libfastjson's objects: the same tree that parsing the event's JSON
 * gives, for a ninth of the instructions. Keys are the library's constants where they stand at
 * the end of a path, else copied.
 *
 * LIMITS: an event from the state file has no fields, only its JSON; that is parsed.
 */
#include "tree.h"

#include <stdbool.h>

/* Most objects and lists in one another; an event has five. */
enum { DEPTH_MAX = 16 };

/* What is open: the object or list into which the next field goes, and those around it. */
struct tree {
    struct json_object *root;
    const char *path; /* of the field before */
    unsigned index;   /* its element */
    unsigned depth;
    unsigned list; /* depth at which a list is the innermost; 0: there is none */
    struct {
        struct json_object *value;
        size_t end; /* bytes of the path behind which its members begin */
    } open[DEPTH_MAX];
};

static struct json_object *make_value(const struct dnsmon_field *field)
{
    switch (field->kind) {
    case 'i':
        return json_object_new_int64(field->integer);
    case 'r':
        return json_object_new_double_s(field->real, field->text);
    case 'b':
        return json_object_new_boolean((json_bool)field->integer);
    default:
        return json_object_new_string_len(field->text, (int)field->text_len);
    }
}

/* @key: NULL in a list.  @value is taken.   Returns: false without memory. */
static bool add(struct json_object *to, const char *key, unsigned flags, struct json_object *value)
{
    if (!key)
        return json_object_array_add(to, value) == 0;
    json_object_object_add_ex(to, key, value, flags | FJSON_OBJECT_ADD_KEY_IS_NEW);
    return true;
}

static struct json_object *innermost(const struct tree *tree)
{
    return tree->depth ? tree->open[tree->depth - 1].value : tree->root;
}

/* Whether elements, not members, go into what is open. */
static bool is_in_list(const struct tree *tree)
{
    return tree->depth && tree->depth == tree->list;
}

/* Open an object, or a list, in what is open.   @key: @len bytes.   Returns: false: no memory. */
static bool open_one(struct tree *tree, const char *key, size_t len, bool list, size_t end)
{
    struct json_object *value = list ? json_object_new_array() : json_object_new_object();
    char name[64];

    if (!value || tree->depth == DEPTH_MAX || len >= sizeof name) {
        json_object_put(value);
        return false;
    }
    memcpy(name, key, len);
    name[len] = '\0';
    if (!add(innermost(tree), is_in_list(tree) ? NULL : name, 0, value))
        return false;
    tree->open[tree->depth].value = value;
    tree->open[tree->depth++].end = end;
    if (list)
        tree->list = tree->depth;
    return true;
}

/* Leave what does not hold this field. */
static void leave_others(struct tree *tree, const struct dnsmon_field *field)
{
    size_t same = 0;

    while (field->path[same] && field->path[same] == tree->path[same])
        same++;
    while (tree->depth && tree->open[tree->depth - 1].end > same)
        tree->depth--;
    if (tree->depth < tree->list)
        tree->list = 0;
    if (tree->list && field->index != tree->index)
        tree->depth = tree->list; /* the same list's next element */
    tree->path = field->path;
    tree->index = field->index;
}

/* Open what holds this field.   Returns: false: no memory. */
static bool open_path(struct tree *tree, const struct dnsmon_field *field)
{
    const char *path = field->path;
    size_t n = tree->depth ? tree->open[tree->depth - 1].end : 0;

    while (path[n]) {
        size_t len = strcspn(path + n, ".["), end = n + len;
        if (path[end] == '\0')
            break;
        end += path[end] == '[' ? 2 : 1;
        if (!open_one(tree, path + n, len, path[end - 1] == ']', end))
            return false;
        n = end;
    }
    return true;
}

/* Whether it goes where the field before went, and is no list. */
static bool is_beside(const struct tree *tree, const struct dnsmon_field *field)
{
    size_t end = (size_t)(field->key - field->path);

    return tree->depth && tree->open[tree->depth - 1].end == end && field->index == tree->index &&
           memcmp(tree->path, field->path, end) == 0 && !strchr(field->key, '[');
}

static bool add_field(struct tree *tree, const struct dnsmon_field *field)
{
    struct json_object *value = field->kind == 'n' ? NULL : make_value(field);
    bool ready = is_beside(tree, field);

    if (!ready) {
        leave_others(tree, field);
        ready = open_path(tree, field);
    }
    if ((!value && field->kind != 'n') || !ready) {
        json_object_put(value);
        return false;
    }
    return add(innermost(tree), is_in_list(tree) ? NULL : field->key, FJSON_OBJECT_KEY_IS_CONSTANT,
               value);
}

static struct json_object *parse_again(const dnsmon_event_t *ev)
{
    const char *json = dnsmon_event_json(ev);

    return json ? json_tokener_parse(json) : NULL;
}

struct json_object *om_tree_new(const dnsmon_event_t *ev)
{
    struct tree tree = {.root = json_object_new_object(), .path = ""};
    struct dnsmon_field field = {0};
    int result = tree.root ? 1 : DNSMON_ENOMEM;

    while (result == 1 && (result = dnsmon_event_field(ev, &field)) == 1) {
        if (!add_field(&tree, &field))
            result = DNSMON_ENOMEM;
    }
    if (result == DNSMON_OK)
        return tree.root;
    json_object_put(tree.root);
    return result == DNSMON_EINVAL ? parse_again(ev) : NULL;
}
