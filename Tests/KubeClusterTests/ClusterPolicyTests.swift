import Simulation
import Testing

@testable import KubeCluster

/// Policies of the administrator and of Calico, as a learner applies and traces them.
@Suite struct ClusterPolicyTests {
  private static let api =
    "https://raw.githubusercontent.com/kubernetes-sigs/network-policy-api/v0.2.0/config/crd/standard"

  private static let ask = "kubectl exec box -- wget -qO- -T 2 http://web"

  @Test("a ClusterNetworkPolicy denies, passes to NetworkPolicies, and is traced by its rule")
  func clusterNetworkPolicy() {
    let cluster = Cluster.shop()
    let made = cluster.shell.run(
      """
      kubectl apply -f \(Self.api)/policy.networking.k8s.io_clusternetworkpolicies.yaml
      kubectl apply -f - <<EOF
      apiVersion: policy.networking.k8s.io/v1alpha2
      kind: ClusterNetworkPolicy
      metadata: {name: guard}
      spec:
        tier: Admin
        priority: 10
        subject: {pods: {namespaceSelector: {}, podSelector: {matchLabels: {run: web}}}}
        ingress:
        - name: no-boxes
          action: Deny
          from: [{pods: {namespaceSelector: {}, podSelector: {matchLabels: {run: box}}}}]
          protocols: [{tcp: {destinationPort: {number: 80}}}]
      EOF
      sleep 1
      kubectl get cnp
      """)
    #expect(made.status == 0, "\(made)")
    #expect(made.output.contains("guard   Admin   10"), "\(made)")
    #expect(cluster.shell.run(Self.ask).status != 0)
    let trace = cluster.shell.run("trace from box to web:80").output
    #expect(
      trace.contains(
        "ingress of Pod default/web is refused by ClusterNetworkPolicy guard: its rule 1 denies "
          + "that"), "\(trace)")
    #expect(trace.contains("at ClusterNetworkPolicy guard, spec.ingress[0]\n"), "\(trace)")
    #expect(cluster.shell.run("netpol table").output.contains("1  box        *  -  *"))
    _ = cluster.shell.run(
      """
      kubectl patch cnp guard --type=json \
        -p '[{"op":"replace","path":"/spec/ingress/0/action","value":"Pass"}]'
      sleep 1
      """)
    #expect(cluster.shell.run(Self.ask).output.contains("Welcome to nginx!"))
    let passed = cluster.shell.run("trace from box to web:80").output
    #expect(passed.contains("passed on by rule 1 of ClusterNetworkPolicy guard"), "\(passed)")
  }

  @Test(
    "what the API's own rules forbid is refused",
    arguments: [
      ("{tier: Middle, priority: 1, subject: {namespaces: {}}}", "Unsupported value: \"Middle\""),
      ("{tier: Admin, priority: 1001, subject: {namespaces: {}}}", "less than or equal to 1000"),
      ("{tier: Admin, priority: 1}", "spec.subject: Required value"),
      (
        "{tier: Admin, priority: 1, subject: {namespaces: {}}, ingress: [{action: Allow, from: "
          + "[{namespaces: {}}]}]}", "Unsupported value: \"Allow\""
      ),
      (
        "{tier: Admin, priority: 1, subject: {namespaces: {}}, egress: [{action: Deny, to: "
          + "[{networks: [10.0.0.0]}]}]}", "Invalid CIDR format provided"
      ),
    ])
  func refusals(_ spec: String, _ words: String) {
    let cluster = Cluster(.bare, seed: 1)
    let told = cluster.shell.run(
      """
      kubectl apply -f \(Self.api)/policy.networking.k8s.io_clusternetworkpolicies.yaml
      sleep 1
      kubectl apply -f - <<EOF
      apiVersion: policy.networking.k8s.io/v1alpha2
      kind: ClusterNetworkPolicy
      metadata: {name: p}
      spec: \(spec)
      EOF
      """)
    #expect(told.status == 1 && told.errors.contains(words), "\(told)")
  }

  @Test("AdminNetworkPolicy and its baseline are obeyed, and a NetworkPolicy between them wins")
  func forerunners() {
    let cluster = Cluster.shop()
    let made = cluster.shell.run(
      """
      kubectl apply -f https://github.com/kubernetes-sigs/network-policy-api/releases/download/v0.1.7/\
      install.yaml
      kubectl apply -f - <<EOF
      apiVersion: policy.networking.k8s.io/v1alpha1
      kind: BaselineAdminNetworkPolicy
      metadata: {name: default}
      spec:
        subject: {namespaces: {}}
        ingress: [{action: Deny, from: [{namespaces: {}}]}]
      EOF
      sleep 1
      """)
    #expect(made.status == 0, "\(made)")
    #expect(cluster.shell.run(Self.ask).status != 0)
    _ = cluster.shell.run(
      """
      kubectl apply -f - <<EOF
      apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata: {name: open}
      spec: {podSelector: {matchLabels: {run: web}}, ingress: [{}]}
      ---
      apiVersion: policy.networking.k8s.io/v1alpha1
      kind: AdminNetworkPolicy
      metadata: {name: names}
      spec:
        priority: 5
        subject: {namespaces: {matchLabels: {kubernetes.io/metadata.name: kube-system}}}
        ingress:
        - {action: Allow, from: [{namespaces: {}}], ports: [{portNumber: {protocol: UDP, port: 53}}]}
      EOF
      sleep 1
      """)
    #expect(cluster.shell.run(Self.ask).output.contains("Welcome to nginx!"))
    let other = cluster.shell.run(
      """
      kubectl apply -f - <<EOF
      apiVersion: policy.networking.k8s.io/v1alpha1
      kind: BaselineAdminNetworkPolicy
      metadata: {name: second}
      spec: {subject: {namespaces: {}}}
      EOF
      """)
    #expect(other.errors.contains("Only one baseline admin network policy"), "\(other)")
  }

  @Test("Calico's own policies are obeyed by their order")
  func calico() {
    let cluster = Cluster.shop()
    let made = cluster.shell.run(
      """
      kubectl apply -f https://raw.githubusercontent.com/projectcalico/calico/v3.31.0/manifests/\
      calico.yaml
      kubectl apply -f - <<EOF
      apiVersion: projectcalico.org/v3
      kind: GlobalNetworkPolicy
      metadata: {name: no-boxes}
      spec:
        order: 10
        selector: run == 'web'
        types: [Ingress]
        ingress: [{action: Deny, protocol: TCP, source: {selector: run == 'box'}}, {action: Allow}]
      EOF
      sleep 1
      """)
    #expect(made.status == 0, "\(made)")
    #expect(cluster.shell.run(Self.ask).status != 0)
    let trace = cluster.shell.run("trace from box to web:80").output
    #expect(trace.contains("refused by GlobalNetworkPolicy no-boxes"), "\(trace)")
    // The short name is still Kubernetes' own kind.
    #expect(
      cluster.shell.run("kubectl get netpol").errors
        == "No resources found in default namespace.\n")
  }

  @Test("calicoctl lists what Calico has of Pods, nodes, pools and policies, and changes it")
  func calicoctl() {
    let cluster = Cluster.shop()
    _ = cluster.shell.run(
      "kubectl apply -f https://raw.githubusercontent.com/projectcalico/calico/v3.31.0/manifests/"
        + "calico.yaml; sleep 5")
    func run(_ line: String) -> String { cluster.shell.run(line).output }
    #expect(
      run("calicoctl get nodes")
        == "NAME           \ncontrolplane   \nnode01         \nnode02         \n\n")
    #expect(
      run("calicoctl get ippool")
        == "NAME                  CIDR            SELECTOR   \n"
        + "default-ipv4-ippool   10.244.0.0/16   all()      \n\n")
    #expect(
      run("calicoctl get ippool -o wide").contains(
        " true   Never      Always      false      false"))
    let web = run("kubectl get pod web -o jsonpath='{.status.podIP} {.spec.nodeName}'")
      .split(separator: " ").map(String.init)
    let endpoints = run("calicoctl get wep | tr -s ' '")
    #expect(endpoints.contains("web \(web[1]) \(web[0])/32 cali"), "\(endpoints)")
    let wire =
      endpoints.split(separator: "\n").first { $0.hasPrefix("web ") }?
      .split(separator: " ").last ?? ""
    #expect(run("ssh \(web[1]) ip -br link").contains("\(wire)@if2"))
    let applied = run(
      """
      calicoctl apply -f - <<EOF
      apiVersion: projectcalico.org/v3
      kind: NetworkPolicy
      metadata: {name: no-boxes}
      spec:
        selector: run == 'web'
        types: [Ingress]
        ingress: [{action: Deny, source: {selector: run == 'box'}}]
      EOF
      kubectl create -f - <<EOF > /dev/null
      apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata: {name: own}
      spec: {podSelector: {matchLabels: {run: none}}}
      EOF
      """)
    #expect(applied == "Successfully applied 1 'NetworkPolicy' resource(s)\n")
    #expect(
      run("calicoctl get networkpolicy -A")
        == "NAMESPACE   NAME              \ndefault     no-boxes          \n"
        + "default     knp.default.own   \n\n")
    #expect(run("calicoctl get np no-boxes -o yaml").contains("kind: NetworkPolicy\nmetadata:\n"))
    #expect(cluster.shell.run(Self.ask).status != 0)
    #expect(
      run("calicoctl delete networkpolicy no-boxes")
        == "Successfully deleted 1 'NetworkPolicy' resource(s)\n")
    #expect(cluster.shell.run("sleep 1; " + Self.ask).status == 0)
    #expect(
      run("calicoctl get nonsense")
        == "Failed to execute command: resource type 'nonsense' is not supported\n")
  }

  @Test("a policy for SCTP opens SCTP alone")
  func sctp() {
    let cluster = Cluster(.kubeadm, seed: 1)
    let image = "registry.k8s.io/e2e-test-images/agnhost:2.53"
    _ = cluster.shell.run(
      """
      kubectl run server --image=\(image) -- netexec --http-port=8080 --sctp-port=8082
      kubectl run box --image=\(image) -- pause
      kubectl wait --for=condition=Ready pod --all --timeout=60s
      kubectl apply -f - <<EOF
      apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata: {name: sctp}
      spec: {podSelector: {matchLabels: {run: server}}, ingress: [{ports: [{protocol: SCTP, port: 8082}]}]}
      EOF
      A=$(kubectl get pod server -o jsonpath={.status.podIP})
      """)
    func connect(_ port: Int, _ transport: String) -> String {
      cluster.shell.run(
        "kubectl exec box -- /agnhost connect $A:\(port) --protocol=\(transport) --timeout=1s"
      ).errors
    }
    #expect(connect(8082, "sctp") == "")
    #expect(connect(8080, "tcp").hasPrefix("TIMEOUT\n"))
    #expect(connect(8082, "tcp").hasPrefix("TIMEOUT\n"))
  }
}
