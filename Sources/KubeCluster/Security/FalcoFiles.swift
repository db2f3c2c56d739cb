import Linux

/// What Falco's package leaves on a machine: its configuration, rules of our own under the names
/// of the usual ones, and its service.
enum FalcoFiles {
  static func install(on machine: Machine) {
    // The machine's disk is fresh: these writes have no way to fail.
    for (path, text) in [
      ("/etc/falco/falco.yaml", configuration), ("/etc/falco/falco_rules.yaml", rules),
      ("/etc/falco/falco_rules.local.yaml", local),
      ("/usr/lib/systemd/system/falco.service", unit),
    ] { try? machine.files.place(text, at: path) }
    try? machine.files.makeDirectories("/etc/falco/rules.d")
  }

  private static let unit = """
    [Unit]
    Description=Falco: Container Native Runtime Security
    Documentation=https://falco.org/docs/

    [Service]
    Type=simple
    User=root
    ExecStart=/usr/bin/falco
    Restart=on-failure
    RestartSec=15s

    [Install]
    WantedBy=multi-user.target

    """

  private static let configuration = """
    # Later files change what earlier ones say.
    rules_files:
      - /etc/falco/falco_rules.yaml
      - /etc/falco/falco_rules.local.yaml
      - /etc/falco/rules.d

    engine:
      kind: modern_ebpf

    # The least important events that are told.
    priority: debug
    json_output: false
    buffered_outputs: false

    stdout_output:
      enabled: true
    syslog_output:
      enabled: true
    file_output:
      enabled: false
      keep_alive: false
      filename: ./events.txt
    http_output:
      enabled: false
    webserver:
      enabled: true
      listen_port: 8765

    """

  private static let local = """
    # Rules of this machine's own, and changes to those of falco_rules.yaml, go here.

    """

  private static let rules = """
    # Names that several rules use.

    - list: shell_binaries
      items: [ash, bash, csh, ksh, sh, tcsh, zsh, dash]
    - list: package_mgmt_binaries
      items: [apt, apt-get, aptitude, dpkg, apk, yum, dnf, rpm, pip, pip3, npm]
    - list: network_tool_binaries
      items: [nc, ncat, netcat, nmap, dig, tcpdump, tshark, ngrep, telnet, socat]
    - list: sensitive_file_names
      items: [/etc/shadow, /etc/sudoers, /etc/pam.conf, /etc/security/pwquality.conf]
    - list: user_mgmt_binaries
      items: [useradd, usermod, userdel, groupadd, groupdel, passwd, login, su, sudo, sshd]
    - list: log_files
      items: [/var/log/syslog, /var/log/auth.log, /var/log/messages]

    - macro: container
      condition: container.id != host
    - macro: spawned_process
      condition: evt.type in (execve, execveat)
    - macro: open_read
      condition: evt.type in (open, openat, openat2) and evt.is_open_read = true
    - macro: open_write
      condition: evt.type in (open, openat, openat2) and evt.is_open_write = true
    - macro: shell_procs
      condition: proc.name in (shell_binaries)
    - macro: package_mgmt_procs
      condition: proc.name in (package_mgmt_binaries)
    - macro: network_tool_procs
      condition: proc.name in (network_tool_binaries)
    - macro: sensitive_files
      condition: fd.name in (sensitive_file_names)
    - macro: user_mgmt_procs
      condition: proc.name in (user_mgmt_binaries)
    - macro: bin_dir
      condition: fd.directory in (/bin, /sbin, /usr/bin, /usr/sbin, /usr/local/bin, /usr/local/sbin)

    - rule: Terminal shell in container
      desc: A shell with a terminal was started in a container, as kubectl exec -it does.
      condition: spawned_process and container and shell_procs and proc.tty != 0
      output: A shell was spawned in a container with an attached terminal (evt_type=%evt.type user=%user.name user_uid=%user.uid user_loginuid=%user.loginuid process=%proc.name proc_exepath=%proc.exepath parent=%proc.pname command=%proc.cmdline terminal=%proc.tty container_id=%container.id container_image=%container.image.repository container_image_tag=%container.image.tag container_name=%container.name k8s_ns=%k8s.ns.name k8s_pod=%k8s.pod.name)
      priority: NOTICE
      tags: [maturity_stable, container, shell, mitre_execution, T1059]

    - rule: Read sensitive file untrusted
      desc: A program that has nothing to do with accounts reads a file of passwords or rights.
      condition: open_read and container and sensitive_files and not user_mgmt_procs
      output: Sensitive file opened for reading by non-trusted program (file=%fd.name evt_type=%evt.type user=%user.name user_uid=%user.uid process=%proc.name proc_exepath=%proc.exepath parent=%proc.pname command=%proc.cmdline container_id=%container.id container_image=%container.image.repository container_name=%container.name k8s_ns=%k8s.ns.name k8s_pod=%k8s.pod.name)
      priority: WARNING
      tags: [maturity_stable, filesystem, mitre_credential_access, T1555]

    - rule: Clear Log Activities
      desc: A log of the system is opened for writing.
      condition: open_write and container and fd.name in (log_files)
      output: Log files were tampered (file=%fd.name evt_type=%evt.type user=%user.name process=%proc.name command=%proc.cmdline container_id=%container.id container_name=%container.name k8s_ns=%k8s.ns.name k8s_pod=%k8s.pod.name)
      priority: WARNING
      tags: [maturity_stable, filesystem, mitre_defense_evasion, T1070]

    - rule: Write below etc
      desc: A file below /etc is opened for writing in a container.
      condition: open_write and container and fd.name startswith /etc/
      output: File below /etc opened for writing (file=%fd.name evt_type=%evt.type user=%user.name process=%proc.name parent=%proc.pname command=%proc.cmdline container_id=%container.id container_image=%container.image.repository container_name=%container.name k8s_ns=%k8s.ns.name k8s_pod=%k8s.pod.name)
      priority: ERROR
      tags: [maturity_sandbox, filesystem, mitre_persistence, T1098]

    - rule: Write below binary dir
      desc: A file is written where programs are kept.
      condition: open_write and container and bin_dir
      output: File below a known binary directory opened for writing (file=%fd.name evt_type=%evt.type user=%user.name process=%proc.name command=%proc.cmdline container_id=%container.id container_image=%container.image.repository container_name=%container.name k8s_ns=%k8s.ns.name k8s_pod=%k8s.pod.name)
      priority: ERROR
      tags: [maturity_sandbox, filesystem, mitre_persistence, T1543]

    - rule: Launch Package Management Process in Container
      desc: A container installs something while it runs; images are to be complete.
      condition: spawned_process and container and package_mgmt_procs
      output: Package management process launched in container (evt_type=%evt.type user=%user.name user_uid=%user.uid process=%proc.name command=%proc.cmdline container_id=%container.id container_image=%container.image.repository container_image_tag=%container.image.tag container_name=%container.name k8s_ns=%k8s.ns.name k8s_pod=%k8s.pod.name)
      priority: ERROR
      tags: [maturity_incubating, container, process, mitre_persistence, T1505]

    - rule: Launch Suspicious Network Tool in Container
      desc: A tool that looks into or talks over networks is started in a container.
      condition: spawned_process and container and network_tool_procs
      output: Suspicious network tool launched in container (evt_type=%evt.type user=%user.name user_uid=%user.uid process=%proc.name parent=%proc.pname command=%proc.cmdline container_id=%container.id container_image=%container.image.repository container_image_tag=%container.image.tag container_name=%container.name k8s_ns=%k8s.ns.name k8s_pod=%k8s.pod.name)
      priority: NOTICE
      tags: [maturity_incubating, container, network, mitre_discovery, T1595]

    """
}
