import Testing

@testable import KubeCluster

/// Tools that look into a node, and those that pack what they find.
@Suite struct NodeToolTests {
  private let desk = SurgeryDesk(.single)

  @Test("strace shows a program's calls, counts them and follows children")
  func programs() {
    #expect(
      desk.plane(
        "echo hi > /tmp/f; strace -e trace=openat,write cat /tmp/f /nope 2> /tmp/seen; cat /tmp/seen"
      )
        == """
        hi
        openat(AT_FDCWD, "/etc/ld.so.cache", O_RDONLY|O_CLOEXEC) = 3
        openat(AT_FDCWD, "/lib/x86_64-linux-gnu/libc.so.6", O_RDONLY|O_CLOEXEC) = 3
        cat: /nope: No such file or directory
        openat(AT_FDCWD, "/tmp/f", O_RDONLY)    = 3
        write(1, "hi\\n", 3)                     = 3
        openat(AT_FDCWD, "/nope", O_RDONLY)     = -1 ENOENT (No such file or directory)
        write(2, "cat: /nope: No such file or dire"..., 38) = 38
        +++ exited with 1 +++

        """)
    let summary = desk.plane("strace -c -f sh -c 'cat /tmp/f; mkdir /tmp/d' 2>&1")
    #expect(summary.contains("% time     seconds  usecs/call     calls    errors syscall\n"))
    #expect(summary.contains("         1           mkdir\n"), "\(summary)")
    #expect(summary.contains("         2           wait4\n"), "\(summary)")
    #expect(summary.contains("100.00    0.000000           0 "))
    #expect(
      desk.plane("strace -o /tmp/out -e kill sh -c 'kill -USR1 1'; cat /tmp/out")
        .contains("kill(1, SIGUSR1)                        = 0\n"))
    #expect(
      desk.plane("strace nope; strace -p 99999; strace")
        == "strace: Cannot find executable 'nope'\n"
        + "strace: attach: ptrace(PTRACE_SEIZE, 99999): No such process\n"
        + "strace: must have PROG [ARGS] or -p PID\nTry 'strace -h' for more information.\n")
  }

  @Test("strace watches a container's process from its node")
  func containers() {
    desk.run(
      "kubectl run killer --image=busybox:1.36 -- sh -c 'while true; do kill -0 7777; sleep 2; done';"
        + " kubectl wait --for=condition=Ready pod/killer")
    let seen = desk.plane(
      "PID=$(pgrep -f 'kill -0' | head -1); timeout 5 strace -f -e trace=kill -p $PID 2>&1")
    #expect(seen.hasPrefix("strace: Process "))
    #expect(seen.contains("kill(7777, SIG0)") || seen.contains("kill(7777, 0)"), "\(seen)")
    #expect(seen.contains("-1 ESRCH (No such process)"))
    #expect(seen.hasSuffix(" detached\n"))
  }

  @Test("zip, unzip and xz keep what they pack, and say what they do")
  func packing() {
    #expect(
      desk.plane(
        """
        mkdir -p /tmp/z/d; cd /tmp/z; echo one > a; echo two > d/b; chmod 700 d/b
        zip -r z.zip a d nothing; unzip -l z.zip; mkdir out; unzip -q z.zip -d out; cat out/d/b; stat -c %a out/d/b
        unzip z.zip d/b -d other; echo n | unzip z.zip a -d out; unzip -p z.zip a; unzip missing
        """) == """
            adding: a (stored 0%)
            adding: d/ (stored 0%)
            adding: d/b (stored 0%)
          \tzip warning: name not matched: nothing
          Archive:  z.zip
            Length      Date    Time    Name
          ---------  ---------- -----   ----
                  4  2026-06-01 09:00   a
                  0  2026-06-01 09:00   d/
                  4  2026-06-01 09:00   d/b
          ---------                     -------
                  8                     3 files
          two
          700
          Archive:  z.zip
           extracting: other/d/b               
          Archive:  z.zip
          replace out/a? [y]es, [n]o, [A]ll, [N]one, [r]ename: one
          unzip:  cannot find or open missing, missing.zip or missing.ZIP.

          """)
    #expect(
      desk.plane(
        """
        cd /tmp; seq 40000 > n; cp n m; xz n; ls n*; xz -dc n.xz | cmp - m && echo same; xz -t n.xz m
        tar cJf t.tar.xz m; tar tf t.tar.xz; tar xJOf t.tar.xz | tail -1; : > e; xz -c e | xz -d | wc -c
        """) == "n.xz\nsame\nxz: m: File format not recognized\nm\n40000\n0\n")
  }

  @Test("last tells of logins and starts, systemctl of what a unit needs")
  func machine() {
    #expect(
      desk.plane("last; last -n 1 reboot | head -1") == """
        root     pts/0        10.0.2.2         Mon Jun  1 08:55   still logged in
        reboot   system boot  6.8.0-90-generic Mon Jun  1 08:55   still running

        wtmp begins Mon Jun  1 08:55:00 2026
        reboot   system boot  6.8.0-90-generic Mon Jun  1 08:55   still running

        """)
    #expect(
      desk.plane("systemctl list-dependencies kubelet") == """
        kubelet.service
        ● ├─system.slice
        ● ├─network-online.target
        ● └─sysinit.target

        """)
    let targets = desk.plane("systemctl stop cron; systemctl list-dependencies multi-user.target")
    #expect(targets.contains("● ├─kubelet.service\n"), "\(targets)")
    #expect(targets.contains("○ ├─cron.service\n"), "\(targets)")
    #expect(
      desk.plane("systemctl list-dependencies --reverse kubelet")
        == "kubelet.service\n● └─multi-user.target\n")
    #expect(
      desk.plane("systemctl list-dependencies nope") == "Unit nope.service could not be found.\n")
  }

  @Test("dd fills a disk at a disk's speed, until it is full; holes take nothing")
  func disk() {
    #expect(
      desk.plane("dd if=/dev/zero of=/big bs=1M count=20").contains(
        "20971520 bytes (21 MB, 20 MiB) copied, 0."))
    #expect(desk.plane("dd if=/dev/zero of=/s bs=100 count=5").contains("\n500 bytes copied, "))
    #expect(desk.plane("df -h / | tail -1").hasPrefix("/dev/vda1        39G  4.9G   34G  13% /"))
    #expect(
      desk.plane("truncate -s 90G /holes; fallocate -l 90G /full; df -h / | tail -1")
        == "fallocate: fallocate failed: No space left on device\n"
        + "/dev/vda1        39G  4.9G   34G  13% /\n")
  }
}
