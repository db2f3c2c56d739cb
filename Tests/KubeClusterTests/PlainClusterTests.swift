import Testing

@testable import KubeCluster

/// The blueprint `plain`: bare nodes whose kubelets obey annotations and run nothing.
@Suite struct PlainClusterTests {
  private func pod(_ name: String, _ annotations: String, policy: String = "Always") -> String {
    """
    cat <<'END' | kubectl apply -f - >/dev/null
    apiVersion: v1
    kind: Pod
    metadata: {name: \(name), annotations: {\(annotations)}}
    spec: {restartPolicy: \(policy), containers: [{name: c, image: "registry.local/c:1"}]}
    END
    """
  }

  @Test("three bare nodes are Ready and nothing runs in kube-system")
  func nodes() {
    let cluster = Cluster(.plain, seed: 1)
    let nodes = cluster.shell.run(
      "kubectl get nodes --no-headers -o custom-columns=N:.metadata.name,M:.status.capacity.memory")
    #expect(nodes.output == "controlplane   8Gi\nnode01         8Gi\nnode02         8Gi\n")
    let pods = cluster.shell.run("kubectl get pods -A")
    #expect(pods.errors == "No resources found\n")
    let classes = cluster.shell.run("kubectl get storageclasses")
    #expect(classes.errors == "No resources found\n")
  }

  @Test(
    "a Pod is what its annotations say",
    arguments: [
      ("", "Always", "1/1   Running   "),
      ("stand-in/not-ready: \"true\"", "Always", "0/1   Running   "),
      ("stand-in/waiting: ImagePullBackOff", "Always", "0/1   ImagePullBackOff   "),
      ("stand-in/exit-code: \"0\"", "Never", "0/1   Completed   "),
      ("stand-in/exit-code: \"3\"", "Never", "0/1   Error   "),
      ("stand-in/run-seconds: \"2\"", "OnFailure", "0/1   Completed   "),
      ("stand-in/run-seconds: \"60\"", "Never", "1/1   Running   "),
    ])
  func state(_ annotations: String, _ policy: String, _ wanted: String) {
    let cluster = Cluster(.plain, seed: 1)
    _ = cluster.shell.run(pod("p", annotations, policy: policy))
    let result = cluster.shell.run("sleep 5; kubectl get pod p --no-headers")
    #expect(result.output.hasPrefix("p     \(wanted)"), "\(result)")
  }

  @Test("logs are empty, and a deleted Pod goes")
  func ending() {
    let cluster = Cluster(.plain, seed: 1)
    _ = cluster.shell.run(pod("p", ""))
    let logs = cluster.shell.run("sleep 1; kubectl logs p")
    #expect(logs.output.isEmpty && logs.errors.isEmpty, "\(logs)")
    let gone = cluster.shell.run("kubectl delete pod p; kubectl get pods")
    #expect(gone.errors == "No resources found in default namespace.\n", "\(gone)")
  }

  @Test("a claim that comes with its volume is bound to it, and nobody complains in between")
  func claim() {
    let cluster = Cluster(.plain, seed: 1)
    let result = cluster.shell.run(
      """
      cat <<'END' | kubectl apply -f - >/dev/null
      apiVersion: storage.k8s.io/v1
      kind: StorageClass
      metadata: {name: manual}
      provisioner: kubernetes.io/no-provisioner
      ---
      apiVersion: v1
      kind: PersistentVolume
      metadata: {name: crate}
      spec: {capacity: {storage: 3Gi}, accessModes: [ReadWriteOnce], storageClassName: manual, hostPath: {path: /srv}}
      ---
      apiVersion: v1
      kind: PersistentVolumeClaim
      metadata: {name: cargo}
      spec: {accessModes: [ReadWriteOnce], storageClassName: manual, resources: {requests: {storage: 2Gi}}}
      END
      kubectl get pvc cargo --no-headers
      kubectl get events --field-selector involvedObject.name=cargo
      """)
    #expect(result.output.hasPrefix("cargo   Bound   crate   3Gi"), "\(result)")
    #expect(result.errors == "No resources found in default namespace.\n", "\(result)")
  }
}
