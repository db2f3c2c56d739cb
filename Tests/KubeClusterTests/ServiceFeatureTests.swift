import Testing

@testable import KubeCluster

/// What the fields of a Service do to packets and names.
@Suite struct ServiceFeatureTests {
  private static let web = """
    kubectl apply -f - <<EOF > /dev/null
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web}
    spec:
      replicas: 3
      selector: {matchLabels: {app: web}}
      template:
        metadata: {labels: {app: web}}
        spec:
          containers:
          - name: c
            image: registry.k8s.io/e2e-test-images/agnhost:2.53
            args: [netexec, --http-port=8080]
            ports: [{name: http, containerPort: 8080}]
    EOF
    kubectl rollout status deployment/web > /dev/null
    kubectl run box --image=busybox:1.28 -- sleep 36000 > /dev/null
    kubectl wait --for=condition=Ready pod/box > /dev/null
    kubectl expose deployment web --port=80 --target-port=http > /dev/null
    ask() {
      for i in $(seq $1); do kubectl exec box -- wget -qO- -T 2 http://web/hostname; echo; done
    }
    on() { for p in $(sort -u); do kubectl get pod $p -o jsonpath='{.spec.nodeName}'; echo; done; }

    """

  private func run(_ script: String) -> String {
    let cluster = Cluster(.kubeadm, seed: 1)
    let ran = cluster.shell.run(script)
    #expect(ran.status == 0, "\(ran)")
    return ran.output
  }

  @Test("a target port by name leads to all Pods, and ClientIP to one alone")
  func affinity() {
    #expect(
      run(
        Self.web
          + """
          ask 20 | sort -u | wc -l
          kubectl patch service web -p '{"spec":{"sessionAffinity":"ClientIP"}}'
          sleep 2
          ask 20 | sort -u | wc -l
          """) == "3\nservice/web patched\n1\n")
  }

  @Test("internalTrafficPolicy Local stays on the node, and leads nowhere where nobody is")
  func internalTraffic() {
    #expect(
      run(
        Self.web
          + """
          node=$(kubectl get pod box -o jsonpath='{.spec.nodeName}')
          kubectl patch service web -p '{"spec":{"internalTrafficPolicy":"Local"}}'
          sleep 2
          ask 12 | on | sort -u | sed "s/$node/the same node/"
          kubectl cordon $node > /dev/null
          kubectl delete pods -l app=web --field-selector spec.nodeName=$node > /dev/null
          kubectl rollout status deployment/web > /dev/null
          ask 1 2>&1
          """)
          == """
          service/web patched
          the same node
          wget: download timed out
          command terminated with exit code 1


          """)
  }

  @Test("externalTrafficPolicy Local keeps the client's address, and only nodes with Pods answer")
  func externalTraffic() {
    let output = run(
      """
      kubectl create deployment one --image=nginx > /dev/null
      kubectl expose deployment one --port=80 --type=NodePort > /dev/null
      kubectl rollout status deployment/one > /dev/null
      kubectl patch service one -p '{"spec":{"externalTrafficPolicy":"Local"}}' > /dev/null
      sleep 2
      port=$(kubectl get service one -o jsonpath='{.spec.ports[0].nodePort}')
      here=$(kubectl get pod -l app=one -o jsonpath='{.items[0].spec.nodeName}')
      for node in node01 node02; do
        test $node = $here && echo here || echo elsewhere
        curl -s -m 2 -o /dev/null -w '%{http_code}\\n' $node:$port
      done | sort
      kubectl logs deploy/one | grep -c '^192.168.56.5 .*GET / HTTP/1.1'
      """)
    #expect(output == "000\n200\nelsewhere\nhere\n1\n")
  }

  /// Whom agnhost on node02 sees: of a Pod on node01, of that node and of the workstation, at the
  /// Service, its node ports and the Pod itself.
  @Test(
    "what a Pod sees of who asks: nodes come through the tunnel, Pods as themselves",
    arguments: [
      ("kubectl exec box -- curl -s -m 2 http://web/clientip", "BOX"),
      ("kubectl exec box -- curl -s -m 2 http://$POD:8080/clientip", "BOX"),
      // Masqueraded by their own node on the way out, then by the one that was asked.
      ("kubectl exec box -- curl -s -m 2 http://192.168.56.10:30080/clientip", "10.244.0.0"),
      ("kubectl exec box -- curl -s -m 2 http://192.168.56.11:30080/clientip", "10.244.1.0"),
      ("kubectl exec box -- curl -s -m 2 http://192.168.56.12:30081/clientip", "192.168.56.11"),
      ("kubectl exec box -- curl -s -m 2 http://192.168.56.11:30081/clientip", "BOX"),
      ("ssh node01 curl -s -m 2 http://$WEB/clientip", "10.244.1.0"),
      ("ssh node01 curl -s -m 2 http://$POD:8080/clientip", "10.244.1.0"),
      ("ssh node02 curl -s -m 2 http://$POD:8080/clientip", "192.168.56.12"),
      ("ssh node01 curl -s -m 2 http://127.0.0.1:30080/clientip", "10.244.1.0"),
      ("curl -s -m 2 http://192.168.56.11:30080/clientip", "10.244.1.0"),
      ("curl -s -m 2 http://192.168.56.12:30080/clientip", "192.168.56.12"),
      ("curl -s -m 2 http://192.168.56.12:30081/clientip", "192.168.56.5"),
      ("kubectl exec web -- curl -s -m 2 http://$WEB/clientip", "192.168.56.12"),
    ])
  func sources(_ line: String, _ seen: String) {
    let output = run(
      """
      kubectl apply -f - <<EOF > /dev/null
      apiVersion: v1
      kind: Pod
      metadata: {name: web, labels: {app: web}}
      spec:
        nodeName: node02
        containers:
        - name: c
          image: registry.k8s.io/e2e-test-images/agnhost:2.53
          args: [netexec, --http-port=8080]
      ---
      apiVersion: v1
      kind: Pod
      metadata: {name: box}
      spec:
        nodeName: node01
        containers: [{name: c, image: nicolaka/netshoot, command: [sleep, "36000"]}]
      ---
      apiVersion: v1
      kind: Service
      metadata: {name: web}
      spec:
        type: NodePort
        selector: {app: web}
        ports: [{port: 80, targetPort: 8080, nodePort: 30080}]
      ---
      apiVersion: v1
      kind: Service
      metadata: {name: near}
      spec:
        type: NodePort
        externalTrafficPolicy: Local
        selector: {app: web}
        ports: [{port: 80, targetPort: 8080, nodePort: 30081}]
      EOF
      kubectl wait --for=condition=Ready pod --all > /dev/null; sleep 1
      POD=$(kubectl get pod web -o jsonpath='{.status.podIP}')
      BOX=$(kubectl get pod box -o jsonpath='{.status.podIP}')
      WEB=$(kubectl get svc web -o jsonpath='{.spec.clusterIP}')
      \(line) | sed "s/:[0-9]*$//; s/^$BOX$/BOX/"
      """)
    #expect(output.prefix { $0 != "\n" } == seen, "\(output)")
  }

  @Test("agnhost asks others for who asks it, and has an answer at every path")
  func dialling() {
    let output = run(
      Self.web
        + """
        kubectl run alone --image=registry.k8s.io/e2e-test-images/agnhost:2.53 -- netexec
        kubectl wait --for=condition=Ready pod/alone > /dev/null
        IP=$(kubectl get pod alone -o jsonpath='{.status.podIP}')
        dial() {
          kubectl exec box -- wget -qO- "http://$IP:8080/dial?request=$1&protocol=$2&host=$IP&port=$3&tries=$4"
          echo
        }
        dial hostname http 8080 2
        dial hostname udp 8081 1
        dial hostname http 81 1
        kubectl exec box -- wget -qO- http://$IP:8080/any/path | cut -c1-5
        kubectl exec box -- wget -qO- "http://$IP:8080/echo?msg=no&code=418" 2>&1 | head -1
        """)
    #expect(
      output.hasPrefix(
        """
        pod/alone created
        {"responses":["alone","alone"]}
        {"responses":["alone"]}
        {"errors":["reading from server failed. err:'dial tcp
        """), "\(output)")
    #expect(
      output.hasSuffix("NOW: \nwget: server returned error: HTTP/1.1 418 I'm a teapot\n"),
      "\(output)")
  }

  @Test("publishNotReadyAddresses gives names to Pods that are not ready")
  func notReady() {
    let output = run(
      """
      kubectl apply -f - <<EOF > /dev/null
      apiVersion: v1
      kind: Pod
      metadata: {name: slow, labels: {app: slow}}
      spec:
        containers:
        - {name: c, image: nginx, readinessProbe: {httpGet: {path: /nothing, port: 80}}}
      ---
      apiVersion: v1
      kind: Service
      metadata: {name: slow}
      spec: {clusterIP: None, selector: {app: slow}, ports: [{port: 80}]}
      EOF
      kubectl run box --image=busybox:1.28 -- sleep 36000 > /dev/null
      kubectl wait --for=condition=Ready pod/box > /dev/null
      sleep 20
      kubectl exec box -- nslookup slow > /dev/null 2>&1 || echo no name
      kubectl patch service slow -p '{"spec":{"publishNotReadyAddresses":true}}' > /dev/null
      sleep 40
      address=$(kubectl get pod slow -o jsonpath='{.status.podIP}')
      kubectl exec box -- nslookup slow | grep -c "$address"
      kubectl get endpointslices -l kubernetes.io/service-name=slow \
        -o jsonpath='{.items[0].endpoints[0].conditions}'
      """)
    #expect(output == "no name\n1\n{\"ready\":true,\"serving\":false,\"terminating\":false}")
  }

  @Test("dnsConfig and hostAliases are what the container's files say")
  func resolver() {
    let output = run(
      """
      kubectl apply -f - <<EOF > /dev/null
      apiVersion: v1
      kind: Pod
      metadata: {name: own}
      spec:
        hostAliases: [{ip: 10.1.2.3, hostnames: [db.local, old.db]}]
        dnsPolicy: None
        dnsConfig:
          nameservers: [10.96.0.10]
          searches: [default.svc.cluster.local, shop.example]
          options: [{name: ndots, value: "2"}, {name: edns0}]
        containers: [{name: c, image: nginx}]
      EOF
      kubectl expose pod own --name=web --port=80 --labels=a=b --selector=a=b > /dev/null
      kubectl wait --for=condition=Ready pod/own > /dev/null
      kubectl exec own -- cat /etc/resolv.conf
      kubectl exec own -- getent hosts old.db | tr -s ' '
      kubectl exec own -- getent hosts web | grep -c 10.
      """)
    #expect(
      output
        == """
        search default.svc.cluster.local shop.example
        nameserver 10.96.0.10
        options ndots:2 edns0
        10.1.2.3 old.db
        1

        """)
  }
}
