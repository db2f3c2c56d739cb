import Documents
import KubeAPIServer
import KubeObjects
import Linux
import Shell

/// What `kubeadm init` says at its end.
extension KubeadmRun {
  /// Where the control plane has a name of its own others can join it.
  private var morePlanes: String {
    guard configuration.endpoint != nil else { return "" }
    return "You can now join any number of control-plane nodes by copying certificate authorities\n"
      + "and service account keys on each node and then running the following as root:\n\n"
      + "  kubeadm join \(configuration.endpoint ?? "") --token <token> \\\n\t"
      + "--discovery-token-ca-cert-hash \(authorityHash) \\\n\t--control-plane \n\n"
  }

  func farewell() async throws -> ExitStatus {
    let secrets = (try? superClient.list(.secrets, namespace: "kube-system")) ?? []
    let token = secrets.first { $0.name.hasPrefix("bootstrap-token-") }.map { secret in
      ["token-id", "token-secret"].map {
        secret[path: "data", $0]?.string.map { Base64.text($0) } ?? ""
      }.joined(separator: ".")
    }
    try await process.write(
      """

      Your Kubernetes control-plane has initialized successfully!

      To start using your cluster, you need to run the following as a regular user:

        mkdir -p $HOME/.kube
        sudo cp -i /etc/kubernetes/admin.conf $HOME/.kube/config
        sudo chown $(id -u):$(id -g) $HOME/.kube/config

      Alternatively, if you are the root user, you can run:

        export KUBECONFIG=/etc/kubernetes/admin.conf

      You should now deploy a pod network to the cluster.
      Run "kubectl apply -f [podnetwork].yaml" with one of the options listed at:
        https://kubernetes.io/docs/concepts/cluster-administration/addons/

      \(morePlanes)Then you can join any number of worker nodes by running the following on each as root:

      kubeadm join \(configuration.endpoint ?? "\(host.plan.address):6443") --token \(token ?? "") \\
      \t--discovery-token-ca-cert-hash \(authorityHash) 

      """)
    return 0
  }
}
