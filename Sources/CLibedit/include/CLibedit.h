#ifndef CLIBEDIT_H
#define CLIBEDIT_H
#include <stdio.h>
#include <stddef.h>
#include <wchar.h>
#include <histedit.h>

typedef char *(*ce_prompt_fn)(EditLine *);
typedef unsigned char (*ce_edit_fn)(EditLine *, int);
typedef int (*ce_getc_fn)(EditLine *, wchar_t *);

// el_init on the process's stdin/stdout/stderr (Swift 6 cannot name these globals safely)
EditLine *ce_init(const char *prog);
int ce_set_client(EditLine *, void *);
void *ce_get_client(EditLine *);
int ce_set_prompt(EditLine *, ce_prompt_fn, char esc);
int ce_set_rprompt(EditLine *, ce_prompt_fn, char esc);
int ce_set_editor(EditLine *, const char *mode);
const char *ce_get_editor(EditLine *);
int ce_set_signal(EditLine *, int on);
int ce_set_getc(EditLine *, ce_getc_fn);
int ce_add_fn(EditLine *, const char *name, const char *help, ce_edit_fn);
int ce_bind(EditLine *, const char *key, const char *fn);
int ce_setty(EditLine *, const char *mode, const char *flag);
int ce_set_history(EditLine *, History *);
int ce_refresh(EditLine *);
int ce_prep_term(EditLine *, int on);

int ce_hist_size(History *, int n);
int ce_hist_unique(History *, int on);
int ce_hist_enter(History *, const char *line);
int ce_hist_append(History *, const char *line);
int ce_hist_load(History *, const char *path);
int ce_hist_save(History *, const char *path);
int ce_hist_del(History *, int num);
// walks newest -> oldest; returns 0 and fills num/str, or -1 at the end
int ce_hist_first(History *, int *num, const char **str);
int ce_hist_next(History *, int *num, const char **str);

int ce_wcswidth_utf8(const char *s);
// Makes LC_CTYPE a UTF-8 one; returns 1 when it is
int ce_utf8_locale(void);
int ce_write_all(int fd, const char *p, size_t n);
int ce_columns(void);
int ce_rows(void);
// Whether the terminal on standard input shows what is typed.
void ce_echo(int on);

// Notes SIGINT and SIGWINCH instead of dying; a blocked read or poll returns with EINTR.
void ce_watch_signals(void);
// Whether the signal came since the last call.
int ce_take_interrupt(void);
int ce_take_resize(void);
// 1 input waits, 0 time is up, -1 a signal came.
int ce_poll_input(int milliseconds);
#endif
