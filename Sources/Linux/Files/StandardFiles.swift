package import Simulation

/// The directories and files that every machine starts with.
package enum StandardFiles {
  /// A whole machine's tree with every program.
  package static func tree(_ moment: Moment) -> FileTree {
    let system = FileSystem(timeline: Timeline(now: moment))
    let files = MountNamespace(root: system)
    install(into: files, programs: Programs.all.map(\.name))
    return system.snapshot()
  }

  /// Lays out directories, accounts and the given programs, in /usr/bin or /usr/sbin.
  package static func install(into files: MountNamespace, programs: [String]) {
    // Fails only when the disk is full, and then the machine shows it.
    try? layOut(files)
    if programs.contains("apparmor_parser") { try? files.makeDirectories("/etc/apparmor.d") }
    if programs.contains("apt") {
      for path in ["/etc/apt/keyrings", "/etc/apt/sources.list.d"] {
        try? files.makeDirectories(path)
      }
    }
    try? install(
      programs.filter { !administrative.contains($0) }, in: "/usr/bin", files)
    try? install(programs.filter(administrative.contains), in: "/usr/sbin", files)
  }

  /// Hundreds of files in one directory: the way there is walked once.
  private static func install(
    _ programs: [String], in folder: String, _ files: MountNamespace
  ) throws {
    let place = try files.walk(folder, in: "/", .root)
    let directory = try place.owned()
    let system = place.mount.fileSystem
    for program in programs {
      let inode = try system.make(.file, mode: 0o755, .root)
      inode.bytes = Executable.contents(program)
      system.insert(inode, as: program, into: directory)
    }
  }

  private static let administrative: Set<String> = [
    "ip", "route", "ifconfig", "iptables", "iptables-save", "ip6tables", "nft", "modprobe", "lsmod",
    "sysctl", "swapoff", "swapon", "useradd", "groupadd", "userdel", "chroot", "reboot",
    "poweroff", "halt", "shutdown",
    "apparmor_parser", "aa-status", "apparmor_status", "mkfs", "nginx",
  ]

  /// Makes a program's executable file, at a path or where such programs live.
  package static func install(
    program: String, at path: String? = nil, into files: MountNamespace
  ) throws {
    let folder = administrative.contains(program) ? "/usr/sbin/" : "/usr/bin/"
    let path = path ?? folder + program
    try files.place("", at: path, mode: 0o755)
    let place = try files.walk(path, in: "/", .root)
    try place.owned().bytes = Executable.contents(program)
  }

  /// The bytes of a program's file, as a download of it brings them.
  package static func executable(_ program: String) -> [UInt8] {
    Executable.contents(program).all
  }

  private static func layOut(_ files: MountNamespace) throws {
    for path in [
      "/boot", "/dev", "/etc", "/home", "/media",
      "/mnt", "/opt", "/proc", "/run", "/srv", "/sys",
      "/usr/bin", "/usr/sbin", "/usr/lib", "/usr/local/bin", "/usr/local/sbin", "/usr/share",
      "/var/log", "/var/lib", "/var/cache", "/var/spool", "/var/mail", "/var/backups",
      "/etc/modprobe.d",
    ] { try files.makeDirectories(path) }
    for path in ["/tmp", "/var/tmp"] {
      try files.makeDirectories(path)
      try files.changeMode(path, to: 0o1777)
    }
    try files.makeDirectories("/root")
    try files.changeMode("/root", to: 0o700)
    for (path, target) in [
      ("/bin", "usr/bin"), ("/sbin", "usr/sbin"), ("/lib", "usr/lib"), ("/var/run", "/run"),
      ("/etc/mtab", "../proc/self/mounts"),
    ] { try files.makeLink(path, to: target) }
    for (path, mode, text) in texts { try files.place(text, at: path, mode: mode) }
    try files.changeOwner("/etc/shadow", user: 0, group: 42)
  }

  /// Files that tell a machine's name; for a machine whose tree came from here.
  static func name(_ machine: Machine) {
    try? machine.files.write(machine.hostName + "\n", to: "/etc/hostname")
    let hosts = """
      127.0.0.1 localhost
      127.0.1.1 \(machine.hostName)

      # The following lines are desirable for IPv6 capable hosts
      ::1     ip6-localhost ip6-loopback
      fe00::0 ip6-localnet
      ff00::0 ip6-mcastprefix
      ff02::1 ip6-allnodes
      ff02::2 ip6-allrouters

      """
    try? machine.files.write(hosts, to: "/etc/hosts")
  }

  /// The accounts of Debian's and Ubuntu's base files.
  package static let passwords = """
    root:x:0:0:root:/root:/bin/bash
    daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin
    bin:x:2:2:bin:/bin:/usr/sbin/nologin
    sys:x:3:3:sys:/dev:/usr/sbin/nologin
    sync:x:4:65534:sync:/bin:/bin/sync
    games:x:5:60:games:/usr/games:/usr/sbin/nologin
    man:x:6:12:man:/var/cache/man:/usr/sbin/nologin
    lp:x:7:7:lp:/var/spool/lpd:/usr/sbin/nologin
    mail:x:8:8:mail:/var/mail:/usr/sbin/nologin
    news:x:9:9:news:/var/spool/news:/usr/sbin/nologin
    uucp:x:10:10:uucp:/var/spool/uucp:/usr/sbin/nologin
    proxy:x:13:13:proxy:/bin:/usr/sbin/nologin
    www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin
    backup:x:34:34:backup:/var/backups:/usr/sbin/nologin
    list:x:38:38:Mailing List Manager:/var/list:/usr/sbin/nologin
    irc:x:39:39:ircd:/run/ircd:/usr/sbin/nologin
    _apt:x:42:65534::/nonexistent:/usr/sbin/nologin
    nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin

    """

  package static let groups = """
    root:x:0:
    daemon:x:1:
    bin:x:2:
    sys:x:3:
    adm:x:4:
    tty:x:5:
    disk:x:6:
    lp:x:7:
    mail:x:8:
    news:x:9:
    uucp:x:10:
    man:x:12:
    proxy:x:13:
    kmem:x:15:
    dialout:x:20:
    cdrom:x:24:
    sudo:x:27:
    tape:x:26:
    www-data:x:33:
    backup:x:34:
    shadow:x:42:
    staff:x:50:
    games:x:60:
    users:x:100:
    nogroup:x:65534:

    """

  private static let texts: [(String, Int, String)] = [
    ("/etc/passwd", 0o644, passwords),
    ("/etc/group", 0o644, groups),
    (
      "/etc/shadow", 0o640,
      passwords.split(separator: "\n").map { line in
        "\(line.prefix { $0 != ":" }):*:20592:0:99999:7:::\n"
      }.joined()
    ),
    ("/etc/hostname", 0o644, "localhost\n"),
    ("/etc/hosts", 0o644, "127.0.0.1 localhost\n"),
    ("/etc/resolv.conf", 0o644, "nameserver 127.0.0.53\noptions edns0 trust-ad\nsearch .\n"),
    ("/etc/nsswitch.conf", 0o644, "passwd: files\ngroup: files\nshadow: files\nhosts: files dns\n"),
    ("/etc/shells", 0o644, "/bin/sh\n/usr/bin/sh\n/bin/bash\n/usr/bin/bash\n"),
    ("/etc/timezone", 0o644, "Etc/UTC\n"),
    ("/etc/fstab", 0o644, "LABEL=cloudimg-rootfs / ext4 discard,commit=30,errors=remount-ro 0 1\n"),
    ("/etc/lsb-release", 0o644, lsbRelease),
    ("/etc/os-release", 0o644, osRelease),
    (
      "/etc/profile", 0o644,
      "# System-wide profile for login shells.\nexport PATH\n"
        + "if [ \"${PS1-}\" ] && [ -n \"$BASH\" ] && [ -f /etc/bash.bashrc ]; then\n"
        + "  . /etc/bash.bashrc\nfi\n"
    ),
    (
      "/etc/bash.bashrc", 0o644,
      "# System-wide settings for interactive bash.\n"
        + "if [ -n \"$PS1\" ]; then PS1='\\u@\\h:\\w\\$ '; fi\n"
    ),
    ("/root/.bashrc", 0o644, "# Settings for interactive bash.\nalias ll='ls -alF'\n"),
    (
      "/root/.profile", 0o644,
      "# Settings for login shells.\nif [ -n \"$BASH\" ] && [ -f ~/.bashrc ]; then\n  . ~/.bashrc\nfi\n"
    ),
    ("/var/log/syslog", 0o640, ""),
  ]

  private static let lsbRelease = """
    DISTRIB_ID=Ubuntu
    DISTRIB_RELEASE=24.04
    DISTRIB_CODENAME=noble
    DISTRIB_DESCRIPTION="Ubuntu 24.04.3 LTS"

    """

  private static let osRelease = """
    PRETTY_NAME="Ubuntu 24.04.3 LTS"
    NAME="Ubuntu"
    VERSION_ID="24.04"
    VERSION="24.04.3 LTS (Noble Numbat)"
    VERSION_CODENAME=noble
    ID=ubuntu
    ID_LIKE=debian
    HOME_URL="https://www.ubuntu.com/"
    SUPPORT_URL="https://help.ubuntu.com/"
    UBUNTU_CODENAME=noble

    """

  /// What /dev holds.
  static let devices: FileTree = {
    let system = FileSystem(timeline: Timeline(now: Moment(seconds: 1_767_225_600)), type: "tmpfs")
    let files = MountNamespace(root: system)
    for (name, device) in [
      ("null", Device.null), ("zero", .zero), ("full", .full), ("random", .random),
      ("urandom", .random), ("tty", .terminal), ("stdin", .stream(0)), ("stdout", .stream(1)),
      ("stderr", .stream(2)), ("console", .terminal),
    ] { try? files.makeDevice("/\(name)", device) }
    for name in ["pts", "shm", "mqueue"] { try? files.makeDirectory("/\(name)", mode: 0o1777) }
    try? files.makeLink("/fd", to: "/proc/self/fd")
    return system.snapshot()
  }()

  /// What /proc/sys holds.
  static let controls: FileTree = {
    let system = FileSystem(timeline: Timeline(now: Moment(seconds: 1_767_225_600)), type: "proc")
    let files = MountNamespace(root: system)
    for (path, text) in [
      ("kernel/pid_max", "4194304"), ("kernel/ostype", "Linux"), ("kernel/panic", "10"),
      ("kernel/panic_on_oops", "1"), ("kernel/shmmax", "18446744073692774399"),
      ("kernel/sem", "32000\t1024000000\t500\t32000"), ("kernel/msgmax", "8192"),
      ("kernel/keys/root_maxkeys", "1000000"), ("kernel/keys/root_maxbytes", "25000000"),
      ("net/ipv4/ip_forward", "1"), ("net/ipv4/ip_unprivileged_port_start", "1024"),
      ("net/ipv4/ip_local_port_range", "32768\t60999"), ("net/ipv4/tcp_syncookies", "1"),
      ("net/ipv4/tcp_keepalive_time", "7200"), ("net/ipv4/ping_group_range", "0\t2147483647"),
      ("net/ipv4/conf/all/rp_filter", "2"), ("net/ipv4/conf/default/rp_filter", "2"),
      ("net/ipv4/conf/all/forwarding", "1"), ("net/ipv4/conf/all/accept_redirects", "0"),
      ("net/ipv4/conf/all/send_redirects", "1"), ("net/ipv4/conf/all/accept_source_route", "0"),
      ("net/ipv4/conf/all/log_martians", "0"), ("net/ipv4/conf/all/route_localnet", "1"),
      ("net/ipv4/icmp_echo_ignore_all", "0"), ("net/ipv4/icmp_echo_ignore_broadcasts", "1"),
      ("net/ipv4/tcp_fin_timeout", "60"), ("net/ipv4/tcp_max_syn_backlog", "1024"),
      ("net/ipv4/tcp_tw_reuse", "2"), ("net/ipv4/tcp_rmem", "4096\t131072\t6291456"),
      ("net/ipv4/tcp_wmem", "4096\t16384\t4194304"), ("net/core/somaxconn", "4096"),
      ("net/core/rmem_max", "212992"), ("net/core/wmem_max", "212992"),
      ("net/core/netdev_max_backlog", "1000"), ("net/netfilter/nf_conntrack_max", "131072"),
      ("net/netfilter/nf_conntrack_count", "42"),
      ("net/ipv6/conf/all/disable_ipv6", "0"), ("net/ipv6/conf/default/forwarding", "0"),
      ("net/bridge/bridge-nf-call-arptables", "1"), ("kernel/randomize_va_space", "2"),
      ("kernel/dmesg_restrict", "1"), ("kernel/kptr_restrict", "1"),
      ("kernel/threads-max", "30838"),
      ("kernel/perf_event_paranoid", "4"), ("kernel/unprivileged_bpf_disabled", "2"),
      ("vm/dirty_ratio", "20"),
      ("vm/dirty_background_ratio", "10"),
      ("vm/min_free_kbytes", "67584"), ("vm/vfs_cache_pressure", "100"),
      ("fs/aio-max-nr", "65536"), ("fs/inotify/max_queued_events", "16384"),
      ("fs/nr_open", "1048576"),
      ("net/bridge/bridge-nf-call-iptables", "1"), ("net/bridge/bridge-nf-call-ip6tables", "1"),
      ("net/ipv6/conf/all/forwarding", "0"), ("vm/swappiness", "60"),
      ("vm/overcommit_memory", "1"), ("vm/max_map_count", "65530"), ("vm/panic_on_oom", "0"),
      ("fs/file-max", "9223372036854775807"), ("fs/inotify/max_user_watches", "29312"),
      ("fs/inotify/max_user_instances", "128"), ("user/max_user_namespaces", "15000"),
    ] { try? files.place(text + "\n", at: "/\(path)") }
    return system.snapshot()
  }()

  /// What /sys holds.
  static let kernelObjects: FileTree = {
    let system = FileSystem(timeline: Timeline(now: Moment(seconds: 1_767_225_600)), type: "sysfs")
    let files = MountNamespace(root: system)
    for path in [
      "/block", "/bus", "/class/net", "/devices/system/cpu", "/fs/cgroup", "/kernel/debug",
      "/kernel/security", "/module/br_netfilter", "/module/overlay", "/module/apparmor/parameters",
    ] { try? files.makeDirectories(path) }
    try? files.place("Y\n", at: "/module/apparmor/parameters/enabled")
    return system.snapshot()
  }()
}
