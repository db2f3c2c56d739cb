import Linux
import Shell

/// What `--help` tells of each command of kubeadm, in cobra's layout.
enum KubeadmHelp {
  struct Page {
    var about: String
    var usage: String
    /// Subcommands with what each does.
    var commands: [(String, String)] = []
    var flags: [(String, String)] = []
  }

  static func text(_ words: [String]) -> String? {
    var path = words
    // What follows the name of a command that takes arguments is no command.
    while !path.isEmpty, page(path) == nil { path.removeLast() }
    guard let page = page(path) else { return nil }
    var text = page.about + "\n\nUsage:\n  kubeadm" + (page.usage.isEmpty ? "" : " " + page.usage)
    text += "\n"
    func block(_ title: String, _ rows: [(String, String)]) {
      guard !rows.isEmpty else { return }
      let width = rows.map(\.0.count).max() ?? 0
      text += "\n\(title):\n"
      for (name, what) in rows {
        text += "  " + name + String(repeating: " ", count: width - name.count + 2) + what + "\n"
      }
    }
    block("Available Commands", page.commands)
    block("Flags", page.flags + [("-h, --help", "help for \(path.last ?? "kubeadm")")])
    block(
      "Global Flags",
      [
        ("    --rootfs string", "The path that stands for the host's root file system"),
        ("-v, --v Level", "How much is logged"),
      ])
    if !page.commands.isEmpty {
      let name = (["kubeadm"] + path).joined(separator: " ")
      text += "\nUse \"\(name) [command] --help\" for more information about a command.\n"
    }
    return text
  }

  private static let config = ("    --config string", "Path to a kubeadm configuration file")
  private static let kubeconfig = (
    "    --kubeconfig string",
    "The kubeconfig to talk to the cluster with (default \"/etc/kubernetes/admin.conf\")"
  )
  private static let ignore = (
    "    --ignore-preflight-errors strings",
    "Checks whose errors are shown as warnings; 'all' for all"
  )
  private static let dry = ("    --dry-run", "Change nothing; tell what would be done")

  private static func page(_ path: [String]) -> Page? {
    switch path.joined(separator: " ") {
    case "":
      return Page(
        about: "\n\n    \u{250C}\u{2500} KUBEADM: easily bootstrap a secure Kubernetes cluster",
        usage: "[command]",
        commands: [
          ("certs", "Commands related to handling Kubernetes certificates"),
          ("config", "Manage configuration for a kubeadm cluster persisted in a ConfigMap"),
          ("init", "Run this command in order to set up the Kubernetes control plane"),
          ("join", "Run this on any machine you wish to join an existing cluster"),
          ("kubeconfig", "Kubeconfig file utilities"),
          ("reset", "Performs a best effort revert of changes made by 'kubeadm init' or 'join'"),
          ("token", "Manage bootstrap tokens"),
          ("upgrade", "Upgrade your cluster smoothly to a newer version with this command"),
          ("version", "Print the version of kubeadm"),
        ])
    case "init":
      return Page(
        about: "Makes this machine a control plane. Its phases can be run alone:\n\n" + phases,
        usage: "init [flags]", commands: [("phase", "Run one phase of init")],
        flags: [
          (
            "    --apiserver-advertise-address string",
            "The address that the API server tells others"
          ),
          ("    --apiserver-bind-port int32", "The API server's port (default 6443)"),
          ("    --apiserver-cert-extra-sans strings", "More names of the API server's certificate"),
          config,
          ("    --control-plane-endpoint string", "An address for all control planes together"),
          ("    --cri-socket string", "The container runtime's socket"), dry, ignore,
          ("    --kubernetes-version string", "The version to install (default \"stable-1\")"),
          ("    --pod-network-cidr string", "Addresses for Pods, a part of them for each node"),
          ("    --service-cidr string", "Addresses for Services (default \"10.96.0.0/12\")"),
          ("    --skip-phases strings", "Phases to leave out"),
          ("    --token string", "The token for nodes that join"),
          (
            "    --upload-certs",
            "Store the control plane's certificates in the Secret kubeadm-certs"
          ),
        ])
    case "init phase":
      return Page(
        about: "Runs one phase of init.", usage: "init phase [command]",
        commands: KubeadmRun.parts.map { ($0.key, "The phase \($0.key)") })
    case let text where text.hasPrefix("init phase "):
      guard path.count == 3,
        let parts = KubeadmRun.parts.first(where: { $0.key == path[2] })?.value
      else { return nil }
      return Page(
        about: "Runs the phase \(path[2]) of init.",
        usage: text + (parts.isEmpty ? " [flags]" : " [command]"),
        commands: parts.isEmpty
          ? [] : [("all", "All of them")] + parts.map { ($0, "Only \($0)") },
        flags: [config, dry])
    case "join":
      return Page(
        about: "Makes this machine a node of a cluster.",
        usage: "join [api-server-endpoint] [flags]",
        flags: [
          config, ("    --control-plane", "Make a further control plane of it"),
          ("    --discovery-token string", "The token to find the cluster's data with"),
          ("    --discovery-token-ca-cert-hash strings", "The authority's hash, as sha256:HEX"),
          (
            "    --discovery-token-unsafe-skip-ca-verification",
            "Believe the cluster without such a hash"
          ), dry, ignore, ("    --node-name string", "The node's name"),
          ("    --token string", "One token for finding and for joining"),
        ])
    case "reset":
      return Page(
        about: "Takes back what init or join did to this machine.", usage: "reset [flags]",
        flags: [
          ("    --cert-dir string", "Where certificates are (default \"/etc/kubernetes/pki\")"),
          ("    --cleanup-tmp-dir", "Empty /etc/kubernetes/tmp too"), dry,
          ("-f, --force", "Do not ask"), ignore,
        ])
    case "token":
      return Page(
        about: "Bootstrap tokens, by which machines that join and the cluster trust one another.",
        usage: "token [command]",
        commands: [
          ("create", "Make a token on the server"), ("delete", "Remove tokens from the server"),
          ("generate", "Print a token, without storing it"), ("list", "List the server's tokens"),
        ], flags: [dry, kubeconfig])
    case "token create":
      return Page(
        about: "Makes a bootstrap token.", usage: "token create [token]",
        flags: [
          ("    --description string", "What the token is for"),
          ("    --groups strings", "Groups that its bearer is in"),
          ("    --print-join-command", "Print the whole line for the machine that joins"),
          ("    --ttl duration", "How long it is good for; 0 for ever (default 24h0m0s)"),
          ("    --usages strings", "What it may be used for (default [signing,authentication])"),
        ])
    case "certs":
      return Page(
        about: "Looks after the certificates of the control plane.", usage: "certs [command]",
        commands: [
          ("certificate-key", "Generate certificate keys"),
          ("check-expiration", "Check certificates expiration for a Kubernetes cluster"),
          ("generate-csr", "Generate keys and certificate signing requests"),
          ("renew", "Renew certificates for a Kubernetes cluster"),
        ])
    case "certs renew":
      let names = [
        "admin.conf", "all", "apiserver", "apiserver-etcd-client", "apiserver-kubelet-client",
        "controller-manager.conf", "etcd-healthcheck-client", "etcd-peer", "etcd-server",
        "front-proxy-client", "scheduler.conf", "super-admin.conf",
      ]
      return Page(
        about: "Renews certificates, whether they are about to expire or not.",
        usage: "certs renew [command]", commands: names.map { ($0, "Renew \($0)") })
    case "upgrade":
      return Page(
        about: "Moves a cluster to a newer version.", usage: "upgrade [command]",
        commands: [
          ("apply", "Upgrade your Kubernetes cluster to the specified version"),
          ("node", "Upgrade commands for a node in the cluster"),
          ("plan", "Check which versions are available to upgrade to"),
        ])
    case "upgrade plan":
      return Page(
        about: "Tells to which versions the cluster can be moved.",
        usage: "upgrade plan [version] [flags]", flags: [config, ignore, kubeconfig])
    case "upgrade apply":
      return Page(
        about: "Moves the control plane to a version.", usage: "upgrade apply [version]",
        flags: [
          ("    --certificate-renewal", "Renew certificates on the way (default true)"), dry,
          ("    --etcd-upgrade", "Move etcd too (default true)"),
          ("-f, --force", "Go on where requirements are not met"), ignore, kubeconfig,
          ("-y, --yes", "Do not ask"),
        ])
    case "upgrade node":
      return Page(
        about: "Brings a node's own files to the control plane's version.",
        usage: "upgrade node [flags]", flags: [dry, ignore, kubeconfig])
    case "config":
      return Page(
        about: "The configuration that kubeadm works with.", usage: "config [command]",
        commands: [
          ("images", "Interact with container images used by kubeadm"),
          ("print", "Print configuration"),
        ], flags: [kubeconfig])
    case "config images":
      return Page(
        about: "The images that a control plane needs.", usage: "config images [command]",
        commands: [("list", "Print them"), ("pull", "Pull them")])
    case "config print":
      return Page(
        about: "Prints a configuration file with the defaults.", usage: "config print [command]",
        commands: [
          ("init-defaults", "For kubeadm init"), ("join-defaults", "For kubeadm join"),
        ])
    case "kubeconfig":
      return Page(
        about: "Kubeconfig files for more users.", usage: "kubeconfig [command]",
        commands: [("user", "Output a kubeconfig file for an additional user")])
    case "kubeconfig user":
      return Page(
        about: "Prints a kubeconfig for a user, with a certificate of the cluster's authority.",
        usage: "kubeconfig user [flags]",
        flags: [
          ("    --client-name string", "The user's name, the certificate's common name"), config,
          ("    --org strings", "Groups of the user"),
        ])
    case "version":
      return Page(
        about: "Prints kubeadm's version.", usage: "version [flags]",
        flags: [("-o, --output string", "One of yaml, json, short")])
    default: return nil
    }
  }

  private static var phases: String {
    KubeadmRun.parts.map { name, parts in
      let rest = parts.map { "  /" + $0 + "\n" }.joined()
      return name + "\n" + rest
    }.joined()
  }
}
