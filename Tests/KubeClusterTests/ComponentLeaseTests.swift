import Testing

@testable import KubeCluster

@Test("each component of the control plane holds a lease, and renews it while it works")
func componentLeases() {
  let desk = SurgeryDesk(.single)
  func lease(_ field: String) -> String {
    desk.run("kubectl get lease kube-scheduler -n kube-system -o jsonpath='{.spec.\(field)}'")
  }
  let list = desk.run("kubectl get leases -n kube-system --no-headers")
  #expect(list.split(separator: "\n").count == 3, "\(list)")
  #expect(list.contains("kube-controller-manager ") && list.contains("controlplane_"))
  #expect(list.contains("apiserver-") && list.contains("kube-scheduler "))
  #expect(lease("leaseTransitions") == "0")
  let first = lease("renewTime")
  desk.run("sleep 10")
  let second = lease("renewTime")
  #expect(first < second)
  desk.plane("mv /etc/kubernetes/manifests/kube-scheduler.yaml /root")
  desk.run("sleep 20")
  let last = lease("renewTime")
  desk.run("sleep 30")
  #expect(lease("renewTime") == last)
  desk.plane("mv /root/kube-scheduler.yaml /etc/kubernetes/manifests")
  desk.run("sleep 40")
  #expect(lease("leaseTransitions") == "1" && lease("renewTime") > last)
}

@Test("a webhook that cannot be reached says how far the call came")
func webhookOverTheNetwork() {
  let desk = SurgeryDesk(.single)
  desk.run(
    """
    kubectl create deployment hook --image=nginx
    kubectl expose deployment hook --port=443 --target-port=80
    sleep 20
    kubectl apply -f - <<EOF
    apiVersion: admissionregistration.k8s.io/v1
    kind: ValidatingWebhookConfiguration
    metadata: {name: gate}
    webhooks:
    - name: gate.harbour.example
      admissionReviewVersions: [v1]
      sideEffects: None
      clientConfig: {service: {name: hook, namespace: default, path: /check}}
      rules:
      - {apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [configmaps]}
    EOF
    """)
  let start =
    "failed calling webhook \"gate.harbour.example\": failed to call webhook: Post "
    + "\"https://hook.default.svc:443/check?timeout=10s\": "
  let served = desk.run("kubectl create configmap a --from-literal=x=y")
  #expect(served.contains(start + "http: server gave HTTP response to HTTPS client"), "\(served)")
  desk.run("kubectl scale deployment hook --replicas=0; sleep 30")
  let refused = desk.run("kubectl create configmap a --from-literal=x=y")
  #expect(refused.contains(start + "dial tcp 10."), "\(refused)")
  #expect(refused.contains(":443: connect: connection refused"), "\(refused)")
  desk.run("kubectl delete service hook")
  let unknown = desk.run("kubectl create configmap a --from-literal=x=y")
  #expect(unknown.contains(start + "service \"hook\" not found"), "\(unknown)")
}
