import Linux

/// What tells the distribution that an image is made of.
enum Distribution {
  /// Files of the image by path; nil takes a standard file away.
  static func files(of image: Image, named name: String) -> [(path: String, text: String?)] {
    let tag = ImageReference(name)?.tag ?? "latest"
    switch image.userland {
    case .none: return [("/etc/os-release", nil), ("/etc/lsb-release", nil)]
    case .busybox:
      return [
        ("/etc/os-release", nil), ("/etc/lsb-release", nil), ("/etc/passwd", busyboxPasswords),
        ("/etc/group", busyboxGroups),
        ("/boot", nil), ("/media", nil), ("/mnt", nil), ("/opt", nil), ("/srv", nil),
        ("/etc/shells", nil), ("/etc/bash.bashrc", nil), ("/root/.bashrc", nil),
        ("/root/.profile", nil), ("/etc/fstab", nil), ("/etc/timezone", nil),
      ]
    case .alpine: return alpine(image.repository.hasSuffix("/alpine") ? tag : "")
    case .debian:
      if image.repository.hasSuffix("/ubuntu") { return ubuntu(tag) }
      if tag.contains("alpine") { return alpine("") }
      return debian(image.repository.contains("jessie") ? "8" : tag)
    }
  }

  /// The version of BusyBox that an image has, where its name tells.
  static func busyBox(of image: Image, named name: String) -> String? {
    if image.repository.hasSuffix("/busyboxplus") { return "1.22.1" }
    guard image.repository.hasSuffix("/busybox"), let tag = ImageReference(name)?.tag else {
      return nil
    }
    let numbers = tag.prefix { $0 != "-" }.split(separator: ".").compactMap { Int($0) }
    guard numbers.count > 1 else { return nil }
    let last = numbers.count > 2 ? numbers[2] : lastReleases[numbers[1]] ?? 1
    return "\(numbers[0]).\(numbers[1]).\(last)"
  }

  /// The last release of each minor version of BusyBox.
  private static let lastReleases = [24: 2, 25: 1, 26: 2, 27: 2, 28: 4, 29: 3, 35: 0, 37: 0]

  private static let busyboxPasswords = """
    root:x:0:0:root:/root:/bin/sh
    daemon:x:1:1:daemon:/usr/sbin:/bin/false
    bin:x:2:2:bin:/bin:/bin/false
    sys:x:3:3:sys:/dev:/bin/false
    sync:x:4:100:sync:/bin:/bin/sync
    mail:x:8:8:mail:/var/spool/mail:/bin/false
    www-data:x:33:33:www-data:/var/www:/bin/false
    operator:x:37:37:Operator:/var:/bin/false
    nobody:x:65534:65534:nobody:/home:/bin/false

    """

  private static let busyboxGroups = """
    root:x:0:
    daemon:x:1:
    bin:x:2:
    sys:x:3:
    adm:x:4:
    tty:x:5:
    disk:x:6:
    lp:x:7:
    mail:x:8:
    kmem:x:9:
    wheel:x:10:root
    cdrom:x:11:
    dialout:x:18:
    floppy:x:19:
    video:x:28:
    audio:x:29:
    tape:x:32:
    www-data:x:33:
    operator:x:37:
    utmp:x:43:
    plugdev:x:46:
    staff:x:50:
    lock:x:54:
    netdev:x:82:
    users:x:100:
    nobody:x:65534:

    """

  private static let alpinePasswords = """
    root:x:0:0:root:/root:/bin/sh
    bin:x:1:1:bin:/bin:/sbin/nologin
    daemon:x:2:2:daemon:/sbin:/sbin/nologin
    lp:x:4:7:lp:/var/spool/lpd:/sbin/nologin
    sync:x:5:0:sync:/sbin:/bin/sync
    shutdown:x:6:0:shutdown:/sbin:/sbin/shutdown
    halt:x:7:0:halt:/sbin:/sbin/halt
    mail:x:8:12:mail:/var/mail:/sbin/nologin
    news:x:9:13:news:/usr/lib/news:/sbin/nologin
    uucp:x:10:14:uucp:/var/spool/uucppublic:/sbin/nologin
    cron:x:16:16:cron:/var/spool/cron:/sbin/nologin
    ftp:x:21:21::/var/lib/ftp:/sbin/nologin
    sshd:x:22:22:sshd:/dev/null:/sbin/nologin
    games:x:35:35:games:/usr/games:/sbin/nologin
    ntp:x:123:123:NTP:/var/empty:/sbin/nologin
    guest:x:405:100:guest:/dev/null:/sbin/nologin
    nobody:x:65534:65534:nobody:/:/sbin/nologin

    """

  private static let alpineGroups = """
    root:x:0:root
    bin:x:1:root,bin,daemon
    daemon:x:2:root,bin,daemon
    sys:x:3:root,bin
    adm:x:4:root,daemon
    tty:x:5:
    disk:x:6:root
    lp:x:7:lp
    kmem:x:9:
    wheel:x:10:root
    floppy:x:11:root
    mail:x:12:mail
    news:x:13:news
    uucp:x:14:uucp
    cron:x:16:cron
    audio:x:18:
    cdrom:x:19:
    dialout:x:20:root
    ftp:x:21:
    sshd:x:22:
    input:x:23:
    tape:x:26:root
    video:x:27:root
    netdev:x:28:
    kvm:x:34:kvm
    games:x:35:
    shadow:x:42:
    www-data:x:82:
    users:x:100:games
    ntp:x:123:
    abuild:x:300:
    utmp:x:406:
    ping:x:999:
    nogroup:x:65533:
    nobody:x:65534:

    """

  private static func alpine(_ tag: String) -> [(path: String, text: String?)] {
    let isVersion = tag.first?.isNumber == true
    let parts = isVersion ? tag.split(separator: ".").map(String.init) : []
    let version = parts.count >= 3 ? tag : parts.count == 2 ? "\(tag).0" : "3.22.2"
    let short = version.split(separator: ".").prefix(2).joined(separator: ".")
    let text = """
      NAME="Alpine Linux"
      ID=alpine
      VERSION_ID=\(version)
      PRETTY_NAME="Alpine Linux v\(short)"
      HOME_URL="https://alpinelinux.org/"
      BUG_REPORT_URL="https://gitlab.alpinelinux.org/alpine/aports/-/issues"

      """
    return [
      ("/etc/passwd", alpinePasswords), ("/etc/group", alpineGroups),
      ("/etc/os-release", text), ("/etc/alpine-release", version + "\n"), ("/etc/lsb-release", nil),
      ("/etc/bash.bashrc", nil), ("/root/.bashrc", nil),
    ]
  }

  private static func ubuntu(_ tag: String) -> [(path: String, text: String?)] {
    let known = [
      "20.04": ("20.04.6", "Focal Fossa", "focal"),
      "22.04": ("22.04.5", "Jammy Jellyfish", "jammy"),
      "18.04": ("18.04.6", "Bionic Beaver", "bionic"),
    ]
    let names = ["focal": "20.04", "jammy": "22.04", "bionic": "18.04"]
    // Every other tag is the newest long-term release, which the standard files are of.
    let version = names[tag] ?? tag
    guard let (full, name, code) = known[version] else { return [] }
    let release = """
      PRETTY_NAME="Ubuntu \(full) LTS"
      NAME="Ubuntu"
      VERSION_ID="\(version)"
      VERSION="\(full) LTS (\(name))"
      VERSION_CODENAME=\(code)
      ID=ubuntu
      ID_LIKE=debian
      HOME_URL="https://www.ubuntu.com/"
      UBUNTU_CODENAME=\(code)

      """
    return [("/etc/os-release", release)]
  }

  private static func debian(_ tag: String) -> [(path: String, text: String?)] {
    let (version, code) =
      tag == "8"
      ? ("8.11", "jessie")
      : tag.contains("bullseye") || tag.hasPrefix("11")
        ? ("11.11", "bullseye") : ("12.12", "bookworm")
    let number = version.prefix { $0 != "." }
    let release = """
      PRETTY_NAME="Debian GNU/Linux \(number) (\(code))"
      NAME="Debian GNU/Linux"
      VERSION_ID="\(number)"
      VERSION="\(number) (\(code))"
      VERSION_CODENAME=\(code)
      ID=debian
      HOME_URL="https://www.debian.org/"
      SUPPORT_URL="https://www.debian.org/support"
      BUG_REPORT_URL="https://bugs.debian.org/"

      """
    return [
      ("/etc/os-release", release), ("/etc/debian_version", version + "\n"),
      ("/etc/lsb-release", nil),
    ]
  }
}
