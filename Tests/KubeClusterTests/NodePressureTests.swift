import Linux
import Testing

@testable import KubeCluster

/// A node whose disk is full, and Pods that it has no room for.
@Suite struct NodePressureTests {
  private let desk = SurgeryDesk()

  @Test("a full disk is told of, Pods are evicted, and five minutes after it is empty all is well")
  func disk() {
    desk.run(
      "kubectl create deployment web --image=nginx --replicas=4; kubectl rollout status deploy web;"
        + " kubectl run writer --image=busybox --overrides="
        + "'{\"spec\":{\"nodeName\":\"node01\"}}' -- sh -c 'head -c 3M /dev/zero > /f; sleep 1d'; "
        + "kubectl wait --for=condition=Ready pod/writer; kubectl exec writer -- true")
    desk.run("ssh node01 fallocate -l 31G /var/log/big; sleep 21")
    #expect(
      desk.run(
        "kubectl get no node01 -o jsonpath='{.status.conditions[?(@.type==\"DiskPressure\")].reason} "
          + "{.spec.taints[*].key}'")
        == "KubeletHasDiskPressure node.kubernetes.io/disk-pressure")
    // Who took most goes first.
    let first = desk.run(
      "kubectl get po writer -o jsonpath='{.status.phase} {.status.reason} {.status.message}'")
    #expect(
      first.hasPrefix(
        "Failed Evicted The node was low on resource: ephemeral-storage. Threshold quantity: 6216304682, "
          + "available: "), "\(first)")
    #expect(
      first.hasSuffix(
        "Container writer was using 3076Ki, request is 0, has larger consumption of "
          + "ephemeral-storage. "), "\(first)")
    let events = desk.run("kubectl get events -A --field-selector involvedObject.name=node01")
    for reason in ["EvictionThresholdMet", "NodeHasDiskPressure"] {
      #expect(events.contains(reason), "\(events)")
    }
    desk.run("sleep 60")
    #expect(
      !desk.run("kubectl get po -l app=web --field-selector=status.phase=Running -o wide")
        .contains("node01"))
    #expect(desk.run("kubectl -n kube-system get po -o wide | grep node01").contains("kube-proxy"))
    desk.run("kubectl run late --image=nginx --overrides='{\"spec\":{\"nodeName\":\"node01\"}}'")
    #expect(
      desk.run("kubectl get po late -o jsonpath='{.status.reason}: {.status.message}'")
        == "Evicted: Pod was rejected: The node had condition: [DiskPressure]. ")
    desk.run("ssh node01 rm /var/log/big; sleep 200")
    #expect(desk.run("kubectl describe no node01").contains("disk-pressure"))
    desk.run("sleep 130")
    #expect(!desk.run("kubectl describe no node01").contains("disk-pressure"))
  }

  @Test("who takes the node's memory is evicted, and Pods that ask for nothing are kept away")
  func memory() {
    desk.run(
      "kubectl create deployment web --image=nginx --replicas=2; kubectl rollout status deploy web;"
        + " kubectl run hog --image=polinux/stress --overrides='{\"spec\":{\"nodeName\":\"node01\"}}' "
        + "-- stress --vm 1 --vm-bytes 100G --vm-hang 0; sleep 25")
    #expect(
      desk.run(
        "kubectl get no node01 -o jsonpath='{.status.conditions[?(@.type==\"MemoryPressure\")].reason} "
          + "{.spec.taints[*].key}'")
        == "KubeletHasInsufficientMemory node.kubernetes.io/memory-pressure")
    let status = desk.run(
      "kubectl get po hog -o jsonpath='{.status.phase} {.status.reason} {.status.message}'")
    #expect(
      status
        == "Failed Evicted The node was low on resource: memory. Threshold quantity: 100Mi, available: 0. "
        + "Container hog was using 102402Mi, request is 0, has larger consumption of memory. ")
    let events = desk.run("kubectl get events -A --field-selector involvedObject.name=node01")
    for words in ["NodeHasInsufficientMemory", "Attempting to reclaim memory"] {
      #expect(events.contains(words), "\(events)")
    }
    desk.run(
      "kubectl run late --image=nginx --overrides='{\"spec\":{\"nodeName\":\"node01\"}}'; kubectl run "
        + "asking --image=nginx --overrides='{\"spec\":{\"nodeName\":\"node01\",\"containers\":[{\"name\":"
        + "\"asking\",\"image\":\"nginx\",\"resources\":{\"requests\":{\"memory\":\"1Mi\"}}}]}}'; sleep 20"
    )
    #expect(
      desk.run("kubectl get po late -o jsonpath='{.status.reason}: {.status.message}'")
        == "Evicted: Pod was rejected: The node had condition: [MemoryPressure]. ")
    #expect(desk.run("kubectl get po asking").contains("Running"))
    desk.run("sleep 300")
    #expect(!desk.run("kubectl describe no node01").contains("memory-pressure"))
  }

  @Test("a static Pod that wants more than the node has is refused, and its kubelet says why")
  func room() {
    desk.run(
      """
      ssh node02 'cat > /etc/kubernetes/manifests/huge.yaml' <<'EOF'
      apiVersion: v1
      kind: Pod
      metadata: {name: huge}
      spec: {containers: [{name: c, image: nginx, resources: {requests: {cpu: 90}}}]}
      EOF
      sleep 20
      """)
    // It never gets as far as a mirror: an event and the kubelet's journal tell of it.
    #expect(desk.run("kubectl get po huge-node02").contains("NotFound"))
    let event = desk.run("kubectl get events --field-selector reason=UnexpectedAdmissionError")
    let why =
      "preemption: error finding a set of pods to preempt: no set of running pods found to reclaim "
      + "resources: [(res: cpu, q: 8"
    #expect(event.contains("pod/huge-node02"), "\(event)")
    #expect(event.contains(why), "\(event)")
    #expect(desk.run("ssh node02 journalctl -u kubelet").contains(why))
  }

  @Test("kube-proxy has the volumes that kubeadm gives it, and wakes no machine for them")
  func volumes() {
    #expect(desk.cluster.nodes["node01"]?.files.isUntouched == true)
    #expect(
      desk.run(
        "kubectl -n kube-system get ds kube-proxy -o jsonpath='{.spec.template.spec.volumes[*].name}'"
      )
        == "kube-proxy xtables-lock lib-modules")
    #expect(desk.run("ssh node01 ls /run/xtables.lock") == "/run/xtables.lock\n")
  }
}
