import Shell
import Testing

@testable import Linux

/// Lines that administrators type, and what they are told.
@Suite struct AdministrationTests {
  @Test("packages are found, installed, pinned and held")
  func packages() throws {
    let box = Box()
    func run(_ line: String) throws -> String {
      let made = try #require(box.run(["bash", "-c", line]))
      return made.output + made.errors
    }
    #expect(try run("apt-get install -y nope").hasSuffix("E: Unable to locate package nope\n"))
    #expect(try run("apt-get install -y tree").hasSuffix("Setting up tree (2.1.1-2ubuntu3) ...\n"))
    #expect(try run("dpkg -l tree | tail -1").hasPrefix("ii  tree           2.1.1-2ubuntu3"))
    #expect(try run("apt-get install kubeadm -y").contains("Unable to locate package kubeadm"))
    _ = try run(
      """
      mkdir -p /etc/apt/keyrings /etc/apt/sources.list.d
      printf -- '-----BEGIN PGP PUBLIC KEY BLOCK-----\\n\\naGVsbG8=\\n=abcd\\n-----END PGP-----\\n' \
        | gpg --dearmor -o /etc/apt/keyrings/k.gpg
      echo 'deb [signed-by=/etc/apt/keyrings/k.gpg] https://pkgs.k8s.io/core:/stable:/v1.36/deb/ /' \
        > /etc/apt/sources.list.d/kubernetes.list
      """)
    #expect(try run("cat /etc/apt/keyrings/k.gpg") == "hello")
    #expect(
      try run("apt-get update").contains(
        "Hit:2 https://pkgs.k8s.io/core:/stable:/v1.36/deb  InRelease\n"))
    #expect(
      try run("apt-cache madison kubeadm | head -1").contains("1.36.3-1.1 | https://pkgs.k8s.io"))
    #expect(
      try run("apt-get install -y kubeadm=1.36.2-1.1").hasSuffix(
        "Setting up cri-tools (1.36.0-1.1) ...\n"))
    #expect(try run("apt-mark hold kubeadm") == "kubeadm set on hold.\n")
    #expect(try run("apt-mark hold kubeadm") == "kubeadm was already set on hold.\n")
    #expect(
      try run("apt-get install -y kubeadm=1.36.3-1.1").hasSuffix(
        "E: Held packages were changed and -y was used without --allow-change-held-packages.\n"))
    #expect(
      try run("apt-mark unhold kubeadm && apt-get install -y kubeadm='1.36.3-*' | tail -1")
        == "Canceled hold on kubeadm.\nSetting up kubeadm (1.36.3-1.1) ...\n")
    #expect(try run("dpkg -s kubeadm | grep Version") == "Version: 1.36.3-1.1\n")
    #expect(
      try run("apt-get install kubeadm=9.9 -y").hasSuffix(
        "E: Version '9.9' for 'kubeadm' was not found\n"))
  }

  @Test("users and groups are made, changed and removed")
  func accounts() throws {
    let box = Box()
    func run(_ line: String) throws -> String {
      let made = try #require(box.run(["bash", "-c", line]))
      return made.output + made.errors
    }
    #expect(
      try run("groupadd dev; useradd -m -s /bin/bash -G dev jane; id jane")
        == "uid=1000(jane) gid=1001(jane) groups=1001(jane),1000(dev)\n")
    #expect(try run("su - jane -c 'whoami; pwd'") == "jane\n/home/jane\n")
    #expect(try run("useradd jane; echo $?") == "9\nuseradd: user 'jane' already exists\n")
    #expect(try run("usermod -aG sudo jane; id -nG jane").contains("sudo"))
    #expect(
      try run("deluser jane sudo; id -nG jane; deluser jane sudo; echo $?")
        == "info: Removing user `jane' from group `sudo' ...\njane dev\n6\n"
        + "fatal: The user `jane' is not a member of group `sudo'.\n")
    #expect(
      try run("usermod -U jane; usermod -L jane; grep jane /etc/shadow").hasPrefix("jane:!:"))
    #expect(try run("userdel -r jane; id jane; ls /home").contains("no such user"))
    #expect(
      try run("printf 'a\\na\\n' | passwd root").hasSuffix(
        ": passwd: password updated successfully\n")
        || run("printf 'a\\na\\n' | passwd root").contains("updated successfully"))
  }

  @Test("programs of administration print", arguments: Self.lines)
  func prints(_ line: String, _ words: String) throws {
    let box = Box()
    let made = try #require(box.run(["bash", "-c", line]))
    #expect((made.output + made.errors).contains(words), "\(line)\n\(made.output)\(made.errors)")
  }

  static let lines: [(String, String)] = [
    ("sysctl net.ipv4.ip_forward", "net.ipv4.ip_forward = 1\n"),
    ("sysctl -w net.ipv4.ip_forward=0; cat /proc/sys/net/ipv4/ip_forward", "= 0\n0\n"),
    (
      "mkdir -p /etc/sysctl.d; echo 'vm.swappiness = 10' > /etc/sysctl.d/k.conf; sysctl --system",
      "* Applying /etc/sysctl.d/k.conf ...\nvm.swappiness = 10\n"
    ),
    ("sysctl a.b", "sysctl: cannot stat /proc/sys/a/b: No such file or directory\n"),
    ("modprobe ip_vs && lsmod | head -2", "Module                  Size  Used by\nip_vs"),
    ("modprobe nope", "modprobe: FATAL: Module nope not found in directory /lib/modules/"),
    ("swapoff -a; echo $?", "0\n"), ("uptime", "load average: "), ("uptime -p", "up "),
    ("lsb_release -cs", "noble\n"), ("lscpu", "CPU(s):"), ("man ls", "list directory contents"),
    ("man nope", "No manual entry for nope\n"), ("mount | head -1", " on / type "),
    ("mkdir /m; mount -t tmpfs tmpfs /m; df /m", "/m"), ("dmesg | head -1", "Linux version"),
    ("vmstat", "procs ---"), ("free -h", "Mem:"), ("file /bin/ls", "ELF 64-bit"),
    ("gpg --dearmor < /dev/null", "gpg: no valid OpenPGP data found.\n"),
    ("mkdir -p a/b; touch a/c; tree a", "a\n├── b\n└── c\n\n2 directories, 1 file\n"),
    ("printf 'a: {b: 1}\\nc: [x, z]\\n' | yq '.a.b, .c[1]'", "1\nz\n"),
    ("printf 'a: 1\\n' > f; yq -i '.a = 2 | .d.e = \"x\"' f; cat f", "a: 2\nd:\n  e: x\n"),
    ("printf 'a: 1\\n' | yq -o json", "{\n  \"a\": 1\n}\n"),
    ("tar czf a.tgz /etc/hosts 2>/dev/null; tar tzf a.tgz", "etc/hosts\n"),
    ("echo hi > f; gzip f; ls; zcat f.gz", "f.gz\nhi\n"),
    ("echo hi > s; install -m 600 s t; stat -c %a t", "600\n"),
    ("sha256sum /etc/hostname > s; sha256sum -c s", "/etc/hostname: OK\n"),
    ("apk add curl", "Installing curl"),
    ("apt list --installed 2>/dev/null | head -2", "apt/noble"),
    ("shasum -a 256 /dev/null | cut -c1-8", "e3b0c442\n"),
  ]

  @Test("as the real tool", arguments: Self.likeReal)
  func judged(_ line: String) throws {
    let words = Judge.words(line)
    try #require(Judge.isThere && Judge.has(words[0]), "the real \(words[0]) is not here to judge")
    let real = try Judge.run(line)
    let box = Box()
    for (name, text) in Judge.files { try box.machine.files.write(text, to: "/root/\(name)") }
    let own = try #require(box.run(words))
    #expect(own.output == real.output, "\(line)\n\(own.errors)")
    #expect(own.status == real.status, "\(line)\n\(own.errors)")
  }

  static let likeReal = [
    "sha256sum fruit people", "md5sum fruit", "sha1sum fruit", "sha512sum fruit", "xxd fruit",
    "xxd -p fruit", "hexdump -C fruit", "hexdump fruit", "od -c fruit", "od -An -tx1 fruit",
    "od -x fruit", "strings -n 5 log", "comm -12 fruit fruit", "cmp fruit people",
    "cmp fruit fruit", "fold -w 7 words", "expand words", "column -t -s : people", "od fruit",
    "sha256sum nope",
  ]
}
