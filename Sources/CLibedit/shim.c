#define _GNU_SOURCE
#include "CLibedit.h"
#include <stdlib.h>
#include <string.h>
#include <locale.h>
#include <langinfo.h>
#include <unistd.h>
#include <errno.h>
#include <sys/ioctl.h>
#include <signal.h>
#include <poll.h>
#include <termios.h>

EditLine *ce_init(const char *prog) { return el_init(prog, stdin, stdout, stderr); }
int ce_set_client(EditLine *e, void *p) { return el_set(e, EL_CLIENTDATA, p); }
void *ce_get_client(EditLine *e) { void *p = NULL; el_get(e, EL_CLIENTDATA, &p); return p; }
int ce_set_prompt(EditLine *e, ce_prompt_fn f, char esc) { return el_set(e, EL_PROMPT_ESC, f, esc); }
int ce_set_rprompt(EditLine *e, ce_prompt_fn f, char esc) { return el_set(e, EL_RPROMPT_ESC, f, esc); }
int ce_set_editor(EditLine *e, const char *m) { return el_set(e, EL_EDITOR, m); }
const char *ce_get_editor(EditLine *e) { const char *m = NULL; el_get(e, EL_EDITOR, &m); return m; }
int ce_set_signal(EditLine *e, int on) { return el_set(e, EL_SIGNAL, on); }
int ce_set_getc(EditLine *e, ce_getc_fn f) { return el_set(e, EL_GETCFN, f); }
int ce_add_fn(EditLine *e, const char *n, const char *h, ce_edit_fn f) { return el_set(e, EL_ADDFN, n, h, f); }
int ce_bind(EditLine *e, const char *k, const char *f) { return el_set(e, EL_BIND, k, f, NULL); }
int ce_setty(EditLine *e, const char *m, const char *f) { return el_set(e, EL_SETTY, m, f, NULL); }
int ce_set_history(EditLine *e, History *h) { return el_set(e, EL_HIST, history, h); }
int ce_refresh(EditLine *e) { return el_set(e, EL_REFRESH); }
int ce_prep_term(EditLine *e, int on) { return el_set(e, EL_PREP_TERM, on); }

int ce_hist_size(History *h, int n) { HistEvent ev; return history(h, &ev, H_SETSIZE, n); }
int ce_hist_unique(History *h, int on) { HistEvent ev; return history(h, &ev, H_SETUNIQUE, on); }
int ce_hist_enter(History *h, const char *l) { HistEvent ev; return history(h, &ev, H_ENTER, l); }
int ce_hist_append(History *h, const char *l) { HistEvent ev; return history(h, &ev, H_APPEND, l); }
int ce_hist_load(History *h, const char *p) { HistEvent ev; return history(h, &ev, H_LOAD, p); }
int ce_hist_save(History *h, const char *p) { HistEvent ev; return history(h, &ev, H_SAVE, p); }
int ce_hist_del(History *h, int n) { HistEvent ev; return history(h, &ev, H_DEL, n); }
int ce_hist_first(History *h, int *n, const char **s) { HistEvent ev; int r = history(h, &ev, H_FIRST); if (r != -1) { *n = ev.num; *s = ev.str; } return r; }
int ce_hist_next(History *h, int *n, const char **s) { HistEvent ev; int r = history(h, &ev, H_NEXT); if (r != -1) { *n = ev.num; *s = ev.str; } return r; }

int ce_wcswidth_utf8(const char *s) {
  int w = 0; mbstate_t st; memset(&st, 0, sizeof st); wchar_t c; size_t n, left = strlen(s);
  while (left && (n = mbrtowc(&c, s, left, &st)) != 0) {
    if (n == (size_t)-1 || n == (size_t)-2) { s++; left--; w++; memset(&st, 0, sizeof st); continue; }
    int k = wcwidth(c); w += k > 0 ? k : 0; s += n; left -= n;
  }
  return w;
}
int ce_utf8_locale(void) {
  setlocale(LC_ALL, "");
  if (strcmp(nl_langinfo(CODESET), "UTF-8") == 0) return 1;
  return setlocale(LC_CTYPE, "C.UTF-8") != NULL;
}
int ce_write_all(int fd, const char *p, size_t n) {
  while (n) { ssize_t k = write(fd, p, n); if (k < 0) { if (errno == EINTR) continue; return -1; } p += k; n -= (size_t)k; }
  return 0;
}
int ce_columns(void) { struct winsize w; return ioctl(1, TIOCGWINSZ, &w) == 0 && w.ws_col ? w.ws_col : 80; }
int ce_rows(void) { struct winsize w; return ioctl(1, TIOCGWINSZ, &w) == 0 && w.ws_row ? w.ws_row : 24; }
void ce_echo(int on) {
  struct termios t;
  if (tcgetattr(0, &t) != 0) return;
  tcflag_t was = t.c_lflag;
  if (on) t.c_lflag |= ECHO; else t.c_lflag &= ~(tcflag_t)ECHO;
  if (t.c_lflag != was) tcsetattr(0, TCSADRAIN, &t);
}

static volatile sig_atomic_t interrupted = 0, resized = 0;
static void note(int number) { if (number == SIGINT) interrupted = 1; else resized = 1; }
void ce_watch_signals(void) {
  struct sigaction a; memset(&a, 0, sizeof a); a.sa_handler = note; sigemptyset(&a.sa_mask);
  sigaction(SIGINT, &a, NULL); sigaction(SIGWINCH, &a, NULL);
  /* Whoever started us may have blocked them, as threads of pools do. */
  sigset_t heard; sigemptyset(&heard); sigaddset(&heard, SIGINT); sigaddset(&heard, SIGWINCH);
  sigprocmask(SIG_UNBLOCK, &heard, NULL);
  /* A shell at its prompt is neither stopped nor ended by a key. */
  a.sa_handler = SIG_IGN;
  sigaction(SIGTSTP, &a, NULL); sigaction(SIGQUIT, &a, NULL);
}
int ce_take_interrupt(void) { int was = interrupted; interrupted = 0; return was; }
int ce_take_resize(void) { int was = resized; resized = 0; return was; }
int ce_poll_input(int milliseconds) { struct pollfd p = { 0, POLLIN, 0 }; int n = poll(&p, 1, milliseconds); return n < 0 ? (errno == EINTR ? -1 : 1) : n; }
