import Documents
import KubeNode
import Linux
import PKI
import Simulation

extension Machine {
  /// A disk of so many KiB, an eighth of which the system takes.
  func setDisk(_ kibibytes: Int64) {
    files.root.capacity = Int(clamping: kibibytes << 10)
    files.root.occupied = Int(clamping: kibibytes << 7)
  }
}

/// The files that packages and kubeadm leave on a node.
struct NodeFiles {
  let host: NodeHost
  private var files: MountNamespace { host.machine.files }
  private var cluster: Cluster { host.cluster }
  private var plan: Blueprint.NodePlan { host.plan }
  private var server: String {
    "https://\(cluster.blueprint.nodes.first?.address ?? "127.0.0.1"):6443"
  }

  init(_ host: NodeHost) { self.host = host }

  static let services = [
    "apparmor.service", "containerd.service", "cron.service", "ssh.service",
    "systemd-journald.service", "kubelet.service",
  ]

  // The machine's disk is fresh: these writes have no way to fail.
  private func place(_ path: String, _ text: String, mode: Int = 0o644) {
    try? files.place(text, at: path, mode: mode)
  }

  func install() {
    place("/root/.bashrc", "alias ll='ls -alF'\nPS1='\\u@\\h:\\w\\$ '\n")
    place(MachineRuntime.filterLock, "", mode: 0o600)
    try? files.makeDirectories("/usr/lib/modules/\(Machine.standardKernel)")
    installUnits()
    installRuntime()
    installIdentity()
    if plan.isJoined { installKubelet() }
    installPackages()
    FalcoFiles.install(on: host.machine)
    if plan.isControlPlane {
      installAuthorities()
      installControlPlane()
    } else {
      if plan.isJoined { place("/etc/kubernetes/pki/ca.crt", cluster.keys.authority.facts.pem) }
      try? files.makeDirectories("/etc/kubernetes/manifests")
    }
    let hosts = cluster.blueprint.nodes.prefix(64).map { "\($0.address) \($0.name)\n" }.joined()
    let old = files.text("/etc/hosts") ?? ""
    place("/etc/hosts", old + "\n" + hosts)
  }

  /// What `kubeadm join` writes.
  func join() {
    place("/etc/kubernetes/pki/ca.crt", cluster.keys.authority.facts.pem)
    try? files.makeDirectories("/etc/kubernetes/manifests")
    installKubelet()
  }

  /// By what machines are told apart: kubeadm's preparations look at both.
  private func installIdentity() {
    let info = host.kubelet.nodeInfo
    place("/etc/machine-id", (info["machineID"]?.string ?? "") + "\n", mode: 0o444)
    place("/sys/class/dmi/id/product_uuid", (info["systemUUID"]?.string ?? "") + "\n", mode: 0o400)
  }

  // MARK: systemd

  private func installUnits() {
    let folder = "/usr/lib/systemd/system"
    place("\(folder)/kubelet.service", Self.kubeletUnit)
    place("\(folder)/kubelet.service.d/10-kubeadm.conf", Self.kubeletDropIn)
    place("\(folder)/containerd.service", Self.containerdUnit)
    Self.installBasicUnits(on: host.machine)
    place("\(folder)/apparmor.service", AppArmorService.unit)
    host.machine.install(AppArmor(AppArmor.loader), at: AppArmorService.path)
    host.machine.install(KubeletProgram(host), at: "/usr/bin/kubelet")
    host.machine.install(ContainerdProgram(host), at: "/usr/bin/containerd")
    for name in ["apparmor.service", "containerd.service", "kubelet.service"] {
      Self.linkUnit(name, in: folder, on: host.machine)
    }
  }

  /// The services that every machine has.
  static func installBasicUnits(on machine: Machine) {
    let folder = "/usr/lib/systemd/system"
    for (name, text, program) in [
      ("ssh", "OpenBSD Secure Shell server", "/usr/sbin/sshd -D"),
      ("cron", "Regular background program processing daemon", "/usr/sbin/cron -f -P"),
      ("systemd-journald", "Journal Service", "/usr/lib/systemd/systemd-journald"),
    ] {
      let path = program.split(separator: " ").first.map(String.init) ?? program
      let daemon: any Program =
        name == "cron"
        ? CronDaemon() : Daemon(path.split(separator: "/").last.map(String.init) ?? path)
      machine.install(daemon, at: path)
      try? machine.files.place(
        "[Unit]\nDescription=\(text)\n\n[Service]\nExecStart=\(program)\nRestart=on-failure\n\n"
          + "[Install]\nWantedBy=multi-user.target\n", at: "\(folder)/\(name).service")
      linkUnit("\(name).service", in: folder, on: machine)
    }
    try? machine.files.place(cronTable, at: "/etc/crontab")
    try? machine.files.makeDirectories("/etc/cron.d")
  }

  private static let cronTable = """
    # /etc/crontab: system-wide crontab
    # Unlike a user's table, this one and those in /etc/cron.d have a field for the user.

    SHELL=/bin/sh
    PATH=/usr/local/sbin:/usr/local/bin:/sbin:/bin:/usr/sbin:/usr/bin

    # m h dom mon dow user\tcommand

    """

  /// Enables a unit.
  static func linkUnit(_ name: String, in folder: String, on machine: Machine) {
    let wants = "/etc/systemd/system/multi-user.target.wants"
    try? machine.files.makeDirectories(wants)
    try? machine.files.makeLink("\(wants)/\(name)", to: "\(folder)/\(name)")
  }

  private static let kubeletUnit = """
    [Unit]
    Description=kubelet: The Kubernetes Node Agent
    Documentation=https://kubernetes.io/docs/
    Wants=network-online.target
    After=network-online.target

    [Service]
    ExecStart=/usr/bin/kubelet
    Restart=always
    StartLimitInterval=0
    RestartSec=10

    [Install]
    WantedBy=multi-user.target

    """

  private static let kubeletDropIn = """
    # Note: This dropin only works with kubeadm and kubelet v1.11+
    [Service]
    Environment="KUBELET_KUBECONFIG_ARGS=--bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf --kubeconfig=/etc/kubernetes/kubelet.conf"
    Environment="KUBELET_CONFIG_ARGS=--config=/var/lib/kubelet/config.yaml"
    # This is a file that "kubeadm init" and "kubeadm join" generates at runtime, populating the KUBELET_KUBEADM_ARGS variable dynamically
    EnvironmentFile=-/var/lib/kubelet/kubeadm-flags.env
    # This is a file that the user can use for overrides of the kubelet args as a last resort. Preferably, the user should use
    # the .NodeRegistration.KubeletExtraArgs object in the configuration files instead. KUBELET_EXTRA_ARGS should be sourced from this file.
    EnvironmentFile=-/etc/default/kubelet
    ExecStart=
    ExecStart=/usr/bin/kubelet $KUBELET_KUBECONFIG_ARGS $KUBELET_CONFIG_ARGS $KUBELET_KUBEADM_ARGS $KUBELET_EXTRA_ARGS

    """

  private static let containerdUnit = """
    [Unit]
    Description=containerd container runtime
    Documentation=https://containerd.io
    After=network.target dbus.service

    [Service]
    ExecStart=/usr/bin/containerd
    Type=simple
    Delegate=yes
    KillMode=process
    Restart=always
    RestartSec=5
    LimitNOFILE=infinity
    OOMScoreAdjust=-999

    [Install]
    WantedBy=multi-user.target

    """

  // MARK: the runtime

  private func installRuntime() {
    place("/etc/containerd/config.toml", Self.containerdConfiguration)
    place(
      "/etc/crictl.yaml",
      "runtime-endpoint: unix:///run/containerd/containerd.sock\n"
        + "image-endpoint: unix:///run/containerd/containerd.sock\ntimeout: 10\n")
    place("/etc/modules-load.d/k8s.conf", "overlay\nbr_netfilter\n")
    place(
      "/etc/sysctl.d/k8s.conf",
      "net.bridge.bridge-nf-call-iptables  = 1\nnet.bridge.bridge-nf-call-ip6tables = 1\n"
        + "net.ipv4.ip_forward                 = 1\n")
    try? files.makeDirectories("/var/lib/containerd")
    try? files.makeDirectories("/run/containerd")
  }

  static let containerdConfiguration = """
    version = 3
    root = '/var/lib/containerd'
    state = '/run/containerd'
    disabled_plugins = []
    required_plugins = []
    oom_score = 0

    [grpc]
      address = '/run/containerd/containerd.sock'

    [plugins]
      [plugins.'io.containerd.cri.v1.images']
        snapshotter = 'overlayfs'
        [plugins.'io.containerd.cri.v1.images'.pinned_images]
          sandbox = 'registry.k8s.io/pause:3.10.1'

      [plugins.'io.containerd.cri.v1.runtime']
        enable_selinux = false
        [plugins.'io.containerd.cri.v1.runtime'.containerd]
          default_runtime_name = 'runc'
          [plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes]
            [plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc]
              runtime_type = 'io.containerd.runc.v2'
              [plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc.options]
                SystemdCgroup = true

        [plugins.'io.containerd.cri.v1.runtime'.cni]
          bin_dirs = ['/opt/cni/bin']
          conf_dir = '/etc/cni/net.d'

    """

  // MARK: the kubelet

  private func installKubelet() {
    place("/var/lib/kubelet/config.yaml", Self.kubeletConfiguration)
    place(
      "/var/lib/kubelet/kubeadm-flags.env",
      "KUBELET_KUBEADM_ARGS=\"--pod-infra-container-image=registry.k8s.io/pause:3.10.1\"\n")
    place("/etc/default/kubelet", "KUBELET_EXTRA_ARGS=\n")
    installKubeletIdentity()
  }

  /// The kubelet's kubeconfig and client certificate.
  func installKubeletIdentity() {
    let name = plan.name
    let client = cluster.keys.leaf(
      "kubelet/\(name)",
      Subject(commonName: "system:node:\(name)", organizations: ["system:nodes"]), by: .kubernetes,
      uses: [.client], from: host.born)
    let folder = "/var/lib/kubelet/pki"
    let date = Linux.Calendar(Moment(seconds: host.born)).formatted("%Y-%m-%d-%H-%M-%S")
    place("\(folder)/kubelet-client-\(date).pem", client.certificate + client.key, mode: 0o600)
    try? files.removeAll("\(folder)/kubelet-client-current.pem")
    try? files.makeLink(
      "\(folder)/kubelet-client-current.pem", to: "\(folder)/kubelet-client-\(date).pem")
    let serving = cluster.keys.leaf(
      "kubelet-serving/\(name)", Subject(commonName: "\(name)@\(host.born)"), by: .kubernetes,
      uses: [.server], names: [.dns(name)], from: host.born)
    place("\(folder)/kubelet.crt", serving.certificate)
    place("\(folder)/kubelet.key", serving.key, mode: 0o600)
    let current = "\(folder)/kubelet-client-current.pem"
    place(
      "/etc/kubernetes/kubelet.conf",
      """
      apiVersion: v1
      clusters:
      - cluster:
          certificate-authority-data: \(Base64.encode(Array(cluster.keys.authority.facts.pem.utf8)))
          server: \(server)
        name: kubernetes
      contexts:
      - context:
          cluster: kubernetes
          user: system:node:\(name)
        name: system:node:\(name)@kubernetes
      current-context: system:node:\(name)@kubernetes
      kind: Config
      users:
      - name: system:node:\(name)
        user:
          client-certificate: \(current)
          client-key: \(current)

      """, mode: 0o600)
  }

  static let kubeletConfiguration = """
    apiVersion: kubelet.config.k8s.io/v1beta1
    authentication:
      anonymous:
        enabled: false
      webhook:
        cacheTTL: 0s
        enabled: true
      x509:
        clientCAFile: /etc/kubernetes/pki/ca.crt
    authorization:
      mode: Webhook
      webhook:
        cacheAuthorizedTTL: 0s
        cacheUnauthorizedTTL: 0s
    cgroupDriver: systemd
    clusterDNS:
    - 10.96.0.10
    clusterDomain: cluster.local
    containerRuntimeEndpoint: unix:///run/containerd/containerd.sock
    cpuManagerReconcilePeriod: 0s
    crashLoopBackOff: {}
    evictionPressureTransitionPeriod: 0s
    fileCheckFrequency: 0s
    healthzBindAddress: 127.0.0.1
    healthzPort: 10248
    httpCheckFrequency: 0s
    imageMaximumGCAge: 0s
    imageMinimumGCAge: 0s
    kind: KubeletConfiguration
    logging:
      flushFrequency: 0
      options:
        json:
          infoBufferSize: "0"
        text:
          infoBufferSize: "0"
      verbosity: 0
    memorySwap: {}
    nodeStatusReportFrequency: 0s
    nodeStatusUpdateFrequency: 0s
    resolvConf: /run/systemd/resolve/resolv.conf
    rotateCertificates: true
    runtimeRequestTimeout: 0s
    shutdownGracePeriod: 0s
    shutdownGracePeriodCriticalPods: 0s
    staticPodPath: /etc/kubernetes/manifests
    streamingConnectionIdleTimeout: 0s
    syncFrequency: 0s
    volumeStatsAggPeriod: 0s

    """

  // MARK: packages

  private func installPackages() {
    let path = "/var/lib/dpkg/status"
    guard host.machine.installedVersion(of: "kubelet") == nil else { return }
    // The node was set up with the cluster, whatever became of that since.
    let first = cluster.blueprint.distribution.version
    let version = first.dropFirst()
    let minor = first.split(separator: ".").prefix(2).joined(separator: ".")
    let packages = [
      ("containerd", "2.2.0-0ubuntu1~24.04.1"), ("cri-tools", "1.36.0-1.1"),
      ("kubeadm", "\(version)-1.1"), ("kubectl", "\(version)-1.1"), ("kubelet", "\(version)-1.1"),
      ("kubernetes-cni", "1.9.0-1.1"), ("ufw", "0.36.2-6"),
    ]
    let text = packages.map { name, version in
      "Package: \(name)\nStatus: \(name.hasPrefix("kube") && name.count == 7 ? "hold" : "install") ok "
        + "installed\nPriority: optional\nSection: admin\nArchitecture: amd64\nVersion: \(version)\n\n"
    }.joined()
    place(path, (files.text(path) ?? "") + text)
    let key = "/etc/apt/keyrings/kubernetes-apt-keyring.gpg"
    place(key, "the public key of pkgs.k8s.io\n")
    place(
      "/etc/apt/sources.list.d/kubernetes.list",
      "deb [signed-by=\(key)] https://pkgs.k8s.io/core:/stable:/\(minor)/deb/ /\n")
  }

  // MARK: the control plane

  static func manifests(_ plan: Blueprint.NodePlan, _ cluster: Cluster) -> [StaticPods.File] {
    guard plan.isControlPlane, cluster.controlPlane != nil else { return [] }
    return ControlPlaneManifests.names.map { name in
      StaticPods.File(
        path: "/etc/kubernetes/manifests/\(name).yaml",
        text: ControlPlaneManifests.text(
          name, node: plan.name, address: plan.address, version: cluster.version))
    }
  }

  private func installAuthorities() {
    let folder = "/etc/kubernetes/pki"
    for name in ClusterKeys.AuthorityName.allCases {
      let authority = cluster.keys.authority(name)
      place("\(folder)/\(name.rawValue).crt", authority.facts.pem)
      place("\(folder)/\(name.rawValue).key", authority.key.pem, mode: 0o600)
    }
    let tokens = cluster.keys.tokenKeys
    place("\(folder)/sa.key", tokens.key, mode: 0o600)
    place("\(folder)/sa.pub", tokens.pub)
  }

  private func installControlPlane() {
    for certificate in PlaneCertificate.all(plan) { certificate.install(on: host, from: host.born) }
    for config in PlaneKubeconfig.all(plan) { config.install(on: host, server, from: host.born) }
    try? files.makeDirectories("/etc/kubernetes/manifests")
    for file in Self.manifests(plan, cluster) { place(file.path, file.text, mode: 0o600) }
    place("/root/.kube/config", files.text("/etc/kubernetes/admin.conf") ?? "", mode: 0o600)
  }
}
