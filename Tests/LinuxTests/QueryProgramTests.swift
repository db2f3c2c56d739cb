import Testing

@testable import Linux

/// jq filters give what the real jq gives.
@Suite struct QueryProgramTests {
  @Test("as the real jq", arguments: Self.lines)
  func likeReal(_ line: String) throws {
    let words = Judge.words(line)
    try #require(Judge.isThere && Judge.has("jq"), "the real jq is not here to judge")
    let real = try Judge.run(line)
    let box = Box()
    for (name, text) in Judge.files { try box.machine.files.write(text, to: "/root/\(name)") }
    let own = try #require(box.run(words))
    #expect(own.output == real.output, "\(line)\n\(own.errors)")
    #expect(own.status == real.status, "\(line)\n\(own.errors)")
  }

  static let lines: [String] = [
    "jq . json", "jq -c . json", "jq '.items[0]' json", "jq '.items[].name' json",
    "jq -r '.items[].name' json", "jq '.items|length' json", "jq '.items|map(.n)|add' json",
    "jq -r '.items[]|\"\\(.name)=\\(.n)\"' json", "jq '.items[]|select(.n>1)' json",
    "jq -r '.items[]|[.name,.n]|@tsv' json", "jq -r '.items[]|[.name,.n]|@csv' json",
    "jq 'keys' json", "jq '.x//\"none\"' json", "jq '.items|sort_by(-.n)|.[0].name' json",
    "jq -c '.items|group_by(.n>1)' json", "jq -c '.items|to_entries' json",
    "jq '.items[1].n|=.+5' json", "jq -c '.items|map({(.name):.n})|add' json",
    "jq 'del(.items[0])' json", "jq -c '[paths]' json", "jq -c '.items|map(has(\"n\"))' json",
    "jq -n '1+2*3'", "jq -n '[range(5)]|map(.*.)' -c", "jq -n '\"abc\"|test(\"B\";\"i\")'",
    "jq -n '\"a,b\"|split(\",\")' -c", "jq -n '\"aXbX\"|gsub(\"X\";\"-\")'",
    "jq -n '\"foo bar\"|[match(\"o+\").offset]' -c", "jq -n '\"x\"|@base64'",
    "jq -n '\"aGk=\"|@base64d'", "jq -n 'if 1>2 then \"a\" elif 2>1 then \"b\" else \"c\" end'",
    "jq -n '[1,2,3]|any(.>2),all(.>0)'", "jq -n 'reduce range(5) as $i (0;.+$i)'",
    "jq -n '[limit(3;range(10))]' -c", "jq -n '{a:1}*{b:{c:2}}' -c",
    "jq -n '[3,1,2]|sort,min,max' -c",
    "jq -n '[.[]?]' -c", "jq -n 'try error(\"x\") catch .'", "jq -n '\"a\"|ascii_upcase'",
    "jq -n '[1,[2,[3]]]|flatten' -c", "jq -n '{a:{b:1}}|[leaf_paths]' -c",
    "jq -n '1,null|tostring'", "jq -n '\"5\"|tonumber+1'", "jq -n '[1,1,2]|unique' -c",
    "jq -n '{a:1,b:2}|with_entries(.value+=1)' -c", "jq -n '\"test\"|ltrimstr(\"te\")'",
    "jq --arg v hi -n '$v'", "jq --argjson v 5 -n '$v+1'", "jq -n '[1,2]|join(\"-\")'",
    "jq -n '[5,6]|.[-1],.[:1]' -c", "jq -n '3.0,1.5,1e3,100000000000'", "jq -s . json -c",
    "jq -R . people", "jq -e '.x' json", "jq '.items.foo' json", "jq -n '{(\"a\",\"b\"):1}' -c",
    "jq -n '[.[]' json", "jq -n '\"\\u00e9\"'", "jq -n '[1,2,3]|index(2)'", "jq -S . json",
    "jq -n 'def f(x):x*2; f(4)'", "jq -n '[1,2]|contains([1])'", "jq -n '\"abc\"|.[1:2]'",
    "jq -n '[1,2,3] as [$a,$b]|$a+$b'", "jq -n '{a:1} as {a:$x}|$x'", "jq -n '[splits(\"a\")]'",
    "jq -n '[1,2,3]|first,last,nth(1)' -c", "jq -n '0|todate'",
    "jq -n '\"1970-01-02T00:00:00Z\"|fromdate'",
    "jq -n '[10,2]|tojson'", "jq -n '\"[1]\"|fromjson' -c", "jq -n '1 as $x|[$x,$x+1]' -c",
    "jq -n '[.]|map(.//1)' -c", "jq -c '.items|map(select(.name|startswith(\"a\")))' json",
    "jq -n '[\"a\",\"b\"]|to_entries[]|.key' -c", "jq -n '{a:[1,2]}|.a[1:]=[9]' -c",
    "jq -n '[foreach range(4) as $i (0;.+$i)]' -c", "jq -n '[1,null]|map(values)' -c",
    "jq -n '\"a b\"|@uri'", "jq -n '[1,\"x\"]|@sh'", "jq -n '[[1,2],[3,4]]|transpose' -c",
    "jq -n '\"x1y2\"|[scan(\"[0-9]\")]' -c", "jq -n '\"ab\"|explode|implode'",
    "jq -n '{} | .a.b.c=1' -c",
    "jq -n '[1,2,3]|.[1:]|length'", "jq -n '\"a\"+null'", "jq -n '[{a:1},{a:2}]|map(.a)|@json'",
    "jq -nc '[null,[1]] | [.[][]?], [.[][0]?], [.[]|.[0:1]?]'",
    "jq -nc '[5,{a:1}] | [.[].a?], [.[].\"a\"?], [(.[].a)?], [.[].a??]'",
    "jq -nc '[5,{a:1}] | \"a\" as $k | [.[][$k]?], [paths(..|.a?)]'",
    "jq -n 'isempty(empty)'", "jq -n '\"abc\"|capture(\"(?<x>b)\")' -c",
    "jq -n '[1,2]|walk(if type==\"number\" then .+1 else . end)' -c",
  ]
}
