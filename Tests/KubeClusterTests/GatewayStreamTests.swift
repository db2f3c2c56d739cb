import Testing

@testable import KubeCluster

/// Ports of a Gateway that read some connections and carry others on.
@Suite struct GatewayStreamTests {
  @Test("one port reads some hosts' TLS and passes on others', and policies speak TLS to backends")
  func mixedStreams() {
    let cluster = Cluster(.kubeadm, seed: 1)
    for program in cluster.networkPrograms { cluster.shell.add(program) }
    let made = cluster.shell.run(
      """
      kubectl apply -f \(GatewayTests.address.replacing("v1.4.0", with: "v1.6.1")) > /dev/null
      kubectl create deployment one --image=hashicorp/http-echo -- /http-echo -text=one
      kubectl expose deployment one --port=80 --target-port=5678
      kubectl run box --image=nicolaka/netshoot -- sleep 36000
      openssl req -x509 -nodes -newkey rsa:2048 -keyout k -out c -subj /CN=a.example 2> /dev/null
      kubectl create secret tls cert --key k --cert c
      kubectl apply -f - <<EOF
      apiVersion: gateway.networking.k8s.io/v1
      kind: GatewayClass
      metadata: {name: shop}
      spec: {controllerName: gateway.envoyproxy.io/gatewayclass-controller}
      ---
      apiVersion: gateway.networking.k8s.io/v1
      kind: Gateway
      metadata: {name: web}
      spec:
        gatewayClassName: shop
        listeners:
        - {name: read, port: 443, protocol: HTTPS, hostname: a.example, tls: {certificateRefs: [{name: cert}]}}
        - {name: pass, port: 443, protocol: TLS, hostname: kubernetes.default.svc, tls: {mode: Passthrough}}
        - {name: end, port: 8443, protocol: TLS, tls: {mode: Terminate, certificateRefs: [{name: cert}]}}
        - {name: raw, port: 9000, protocol: TCP}
      ---
      apiVersion: gateway.networking.k8s.io/v1
      kind: HTTPRoute
      metadata: {name: read}
      spec: {parentRefs: [{name: web, sectionName: read}], rules: [{backendRefs: [{name: one, port: 80}]}]}
      ---
      apiVersion: gateway.networking.k8s.io/v1
      kind: TLSRoute
      metadata: {name: pass}
      spec:
        parentRefs: [{name: web, sectionName: pass}]
        hostnames: [kubernetes.default.svc]
        rules: [{backendRefs: [{name: kubernetes, port: 443}]}]
      ---
      apiVersion: gateway.networking.k8s.io/v1
      kind: TLSRoute
      metadata: {name: end}
      spec:
        parentRefs: [{name: web, sectionName: end}]
        hostnames: [t.example]
        rules: [{backendRefs: [{name: one, port: 80}]}]
      ---
      apiVersion: gateway.networking.k8s.io/v1
      kind: TCPRoute
      metadata: {name: raw}
      spec:
        parentRefs: [{name: web, sectionName: raw}]
        rules: [{backendRefs: [{name: kubernetes, port: 443}]}]
      ---
      apiVersion: gateway.networking.k8s.io/v1
      kind: BackendTLSPolicy
      metadata: {name: api}
      spec:
        targetRefs: [{group: "", kind: Service, name: kubernetes}]
        validation:
          hostname: kubernetes.default.svc
          caCertificateRefs: [{group: "", kind: ConfigMap, name: kube-root-ca.crt}]
      EOF
      sleep 1
      kubectl wait --for=condition=Ready pod --all -A --timeout=120s
      A=$(kubectl -n envoy-gateway-system get svc envoy-default-web -o jsonpath='{.spec.clusterIP}')
      """)
    #expect(made.status == 0, "\(made)")
    func ask(_ words: String) -> String {
      let answer = cluster.shell.run("kubectl exec box -- curl -s \(words)")
      return answer.output + answer.errors
    }
    func trace(_ words: String) -> String { cluster.shell.run("trace from box to \(words)").output }
    #expect(ask("-k --resolve a.example:443:$A https://a.example/") == "one\n")
    let passed = ask(
      "--cacert /var/run/secrets/kubernetes.io/serviceaccount/ca.crt --resolve "
        + "kubernetes.default.svc:443:$A https://kubernetes.default.svc/version")
    #expect(passed.contains("\"gitVersion\""), "\(passed)")
    #expect(ask("-k --resolve t.example:8443:$A https://t.example:8443/") == "one\n")
    #expect(ask("http://$A:9000/version").contains("\"gitVersion\""))
    #expect(ask("http://$A:443/").contains("exit code 5"))
    let security = "over TLS with kubernetes.default.svc (BackendTLSPolicy default/api)"
    #expect(
      trace("$A:9000").contains(
        "TCPRoute default/raw, at listener raw of Gateway default/web, \(security)"))
    let through = trace("https://$A/ --host kubernetes.default.svc")
    #expect(
      through.contains("TLSRoute default/pass, at listener pass of Gateway default/web\n"),
      "\(through)")
    #expect(
      trace("http://$A:443/ --host a.example").contains(
        "listener read of Gateway default/web speaks HTTPS, not plain HTTP"))
  }
}
