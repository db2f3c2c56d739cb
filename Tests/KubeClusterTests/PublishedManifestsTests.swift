import Testing

@testable import KubeCluster

/// Add-ons that are installed by the addresses at which people find them.
@Suite struct PublishedManifestsTests {
  private static let releases = "https://github.com/kubernetes-sigs"
  private static let raw = "https://raw.githubusercontent.com"

  @Test(
    "an add-on installs by its address",
    arguments: [
      (
        "\(releases)/metrics-server/releases/latest/download/components.yaml",
        "deployment.apps/metrics-server created"
      ),
      (
        "\(raw)/kubernetes/ingress-nginx/controller-v1.14.0/deploy/static/provider/cloud/deploy.yaml",
        "ingressclass.networking.k8s.io/nginx created"
      ),
      (
        "\(raw)/projectcalico/calico/v3.31.0/manifests/calico.yaml",
        "daemonset.apps/calico-node created"
      ),
      (
        "https://github.com/flannel-io/flannel/releases/latest/download/kube-flannel.yml",
        "daemonset.apps/kube-flannel-ds created"
      ),
      (
        "\(raw)/rancher/local-path-provisioner/v0.0.32/deploy/local-path-storage.yaml",
        "storageclass.storage.k8s.io/local-path created"
      ),
      (
        "\(raw)/argoproj/argo-cd/stable/manifests/install.yaml",
        "statefulset.apps/argocd-application-controller created"
      ),
      (
        "\(raw)/prometheus-operator/prometheus-operator/main/bundle.yaml",
        "customresourcedefinition.apiextensions.k8s.io/servicemonitors.monitoring.coreos.com created"
      ),
      (
        "https://github.com/kedacore/keda/releases/download/v2.18.1/keda-2.18.1.yaml",
        "customresourcedefinition.apiextensions.k8s.io/scaledobjects.keda.sh created"
      ),
      (
        "\(raw)/kubernetes/autoscaler/master/vertical-pod-autoscaler/deploy/vpa-v1-crd-gen.yaml",
        "verticalpodautoscalers.autoscaling.k8s.io created"
      ),
      (
        "\(raw)/longhorn/longhorn/v1.10.1/deploy/longhorn.yaml",
        "deployment.apps/longhorn-ui created"
      ),
      (
        "\(raw)/projectcontour/contour/release-1.33/examples/render/contour.yaml",
        "customresourcedefinition.apiextensions.k8s.io/httpproxies.projectcontour.io created"
      ),
      (
        "\(releases)/gateway-api/releases/download/v1.4.0/standard-install.yaml",
        "customresourcedefinition.apiextensions.k8s.io/httproutes.gateway.networking.k8s.io created"
      ),
      (
        "https://github.com/cert-manager/cert-manager/releases/download/v1.19.1/cert-manager.yaml",
        "deployment.apps/cert-manager-webhook created"
      ),
      (
        "\(raw)/kubernetes/dashboard/v2.7.0/aio/deploy/recommended.yaml",
        "deployment.apps/kubernetes-dashboard created"
      ),
    ])
  func install(_ address: String, _ line: String) {
    let cluster = Cluster(.plain, seed: 1)
    let result = cluster.shell.run("kubectl apply -f \(address)")
    #expect(result.output.contains(line + "\n"), "\(result)")
    #expect(result.errors.isEmpty, "\(result)")
  }

  @Test("an example of the documentation makes what it says, at each of its addresses")
  func example() {
    let cluster = Cluster(.plain, seed: 1)
    let result = cluster.shell.run(
      """
      kubectl apply -f https://k8s.io/examples/application/php-apache.yaml
      kubectl create -f https://kubernetes.io/examples/pods/probe/exec-liveness.yaml
      kubectl apply -f \(Self.raw)/kubernetes/website/main/content/en/examples/pods/storage/pv-claim.yaml
      """)
    #expect(
      result.output == """
        deployment.apps/php-apache created
        service/php-apache created
        pod/liveness-exec created
        persistentvolumeclaim/task-pv-claim created

        """, "\(result)")
    #expect(result.errors.isEmpty, "\(result)")
  }

  @Test("every example of the documentation is admitted as it stands")
  func examples() throws {
    #expect(PublishedExamples.all.count > 90)
    let cluster = Cluster(.plain, seed: 1)
    _ = cluster.shell.run(
      "for n in mem-example cpu-example qos-example; do kubectl create ns $n; done; "
        + "kubectl create sa build-robot; kubectl create priorityclass high --value=9; kubectl apply -f "
        + "https://k8s.io/examples/customresourcedefinition/shirt-resource-definition.yaml; sleep 2"
    )
    for path in PublishedExamples.all.keys.sorted() {
      let line = "kubectl apply --dry-run=server -f https://k8s.io/examples/\(path)"
      let result = cluster.shell.run(line)
      #expect(
        result.errors.isEmpty && result.output.hasSuffix(" (server dry run)\n"), "\(path) \(result)"
      )
    }
  }

  @Test("cert-manager's kinds say what their objects may hold")
  func certificates() {
    let cluster = Cluster(.plain, seed: 1)
    let result = cluster.shell.run(
      """
      kubectl apply -f https://github.com/cert-manager/cert-manager/releases/download/v1.19.1/cert-manager.yaml > /dev/null
      kubectl explain certificate.spec.subject | grep -A2 organizations
      kubectl explain certificate.spec.subject | head -5 | tail -1
      kubectl create -f - <<'Y' 2>&1 | tail -1
      apiVersion: cert-manager.io/v1
      kind: Certificate
      metadata: {name: x}
      spec: {dnsNames: [a.b]}
      Y
      """)
    #expect(
      result.output == """
          organizations\t<[]string>
            Organizations.

        FIELD: subject <Object>
        * spec.secretName: Required value

        """, "\(result)")
  }

  @Test("kube-bench runs as a Job that sees its node's files")
  func bench() {
    let cluster = Cluster(.single, seed: 1)
    let result = cluster.shell.run(
      """
      kubectl apply -f \(Self.raw)/aquasecurity/kube-bench/main/job.yaml
      kubectl wait --for=condition=complete job/kube-bench --timeout=60s
      kubectl logs job/kube-bench | grep -E '^.FAIL. 1.2|^== Summary total'
      """)
    #expect(
      result.output.hasPrefix(
        "job.batch/kube-bench created\njob.batch/kube-bench condition met\n[FAIL] 1.2."),
      "\(result)")
    #expect(result.output.hasSuffix("== Summary total ==\n"))
  }

  @Test("another address leads nowhere")
  func elsewhere() {
    #expect(PublishedManifests.find("https://example.com/components.yaml") == nil)
    #expect(PublishedManifests.find("metrics-server/components.yaml") == nil)
    #expect(PublishedManifests.find("https://k8s.io/examples/pods/nothing.yaml") == nil)
    #expect(
      PublishedManifests.find("https://k8s.io/examples/pods/security/seccomp/profiles/audit.json")
        != nil)
    #expect(PublishedManifests.find("https://example.com/examples/pods/simple-pod.yaml") == nil)
  }
}
