import Testing

@testable import KubeCluster

@Test("a mounted ConfigMap or Secret follows its object; a subPath and an environment do not")
func refresh() {
  let cluster = Cluster(.single, seed: 4)
  func run(_ line: String) -> String {
    let result = cluster.shell.run(line)
    return result.output + result.errors
  }
  _ = run(
    """
    kubectl create configmap conf --from-literal=color=blue
    kubectl create secret generic key --from-literal=word=old
    kubectl apply -f - <<'EOF'
    apiVersion: v1
    kind: Pod
    metadata: {name: reader}
    spec:
      containers:
      - name: c
        image: busybox
        command: [sleep, "3600"]
        env: [{name: COLOR, valueFrom: {configMapKeyRef: {name: conf, key: color}}}]
        volumeMounts:
        - {name: conf, mountPath: /conf}
        - {name: key, mountPath: /key}
        - {name: conf, mountPath: /one/color, subPath: color}
      volumes:
      - {name: conf, configMap: {name: conf}}
      - {name: key, secret: {secretName: key}}
    EOF
    kubectl wait --for=condition=Ready pod/reader --timeout=2m
    """)
  let look = "kubectl exec reader -- sh -c 'cat /conf/color /key/word /one/color; echo \" $COLOR\"'"
  #expect(run(look) == "blueoldblue blue\n")
  _ = run(
    "kubectl create configmap conf --from-literal=color=red --dry-run=client -o yaml | kubectl apply -f -"
  )
  _ = run("kubectl patch secret key -p '{\"stringData\":{\"word\":\"new\"}}'")
  #expect(run(look) == "blueoldblue blue\n")
  _ = run("sleep 100")
  #expect(run(look) == "rednewblue blue\n")
  #expect(run("kubectl exec reader -- ls -a /conf").contains("..data"))
  _ = run("kubectl delete configmap conf; sleep 100")
  #expect(run(look) == "rednewblue blue\n")
}
