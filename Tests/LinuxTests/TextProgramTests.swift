import Testing

@testable import Linux

/// Every line prints in drydock what the real tool prints.
@Suite struct TextProgramTests {
  @Test("as the real tool", arguments: Self.lines)
  func likeReal(_ line: String) throws {
    let words = Judge.words(line)
    try #require(Judge.isThere && Judge.has(words[0]), "the real \(words[0]) is not here to judge")
    let real = try Judge.run(line)
    let box = Box()
    for (name, text) in Judge.files { try box.machine.files.write(text, to: "/root/\(name)") }
    let own = try #require(box.run(words))
    #expect(own.output == real.output, "\(line)\n\(own.errors)")
    #expect(own.status == real.status, "\(line)\n\(own.errors)")
  }

  static let lines: [String] = grep + sed + awk + others + shapes

  static let shapes = [
    "cksum fruit people", "cksum -a sha256 fruit", "cksum -a blake2b fruit", "b2sum log json",
    "b2sum --tag fruit", "diff -y fruit people", "diff -y -W 40 fruit words", "diff -y fruit fruit",
    "diff -y --suppress-common-lines -W 30 log json", "diff -y --left-column fruit fruit",
    "fmt -w 12 words", "fmt -w 20 log", "fmt fruit", "fmt -s -w 8 people", "fmt -u -w 30 words",
    "fmt -g 20 words", "fmt -w 30 -g 20 words", "fmt -w 20 -g 30 words", "fmt -w -5 words",
    "fmt -g 999999999999999999 words", "fmt -g 99999999999999999999 words", "fmt -w 3000 words",
    "numfmt --to=iec 999 1023 1024 1025 10240 102400 1047552 1048576", "numfmt --to=si 1500 999999",
    "numfmt --to=iec-i --suffix=B 5368709120", "numfmt --from=iec 4K 1.5G",
    "numfmt --from=auto 1Ki 1K", "numfmt --from=iec-i 512Mi", "numfmt --from=si --to=iec 1M",
    "numfmt abc", "numfmt --to=iec 1M", "numfmt --from=iec 1Mi", "numfmt --from=iec-i 1M",
    "numfmt --to=si --padding=10 5000", "numfmt --to=si --padding=-8 --suffix=x 5000",
    "numfmt --format=%.2f --to=iec 1500000", "numfmt --format='%10.1f|' --to=iec 1500000",
    "numfmt --to=si --round=nearest 1449 1451", "numfmt 12.5 7", "numfmt --to-unit=1024 10240",
    "numfmt --from-unit=1024 10", "numfmt --invalid=ignore x", "numfmt --to=iec 1.7",
    "numfmt --from=iec K", "numfmt --to=foo 3",
    "numfmt --padding=-9223372036854775808 1", "numfmt --header=-9223372036854775808 1",
    "numfmt --header=x 1",
  ]

  static let grep = [
    "grep an fruit", "grep -i APPLE fruit", "grep -v an fruit", "grep -c an fruit",
    "grep -n an fruit", "grep -o an fruit", "grep -E 'a(pp|te)' fruit", "grep -E '^[bd]' fruit",
    "grep -A1 cherry fruit", "grep -B1 cherry fruit", "grep -C1 -n date fruit", "grep -w the words",
    "grep -ow the words", "grep -x banana fruit", "grep -F '.' numbers", "grep '\\.' numbers",
    "grep -E '^-?[0-9]+(\\.[0-9]+)?$' numbers", "grep -l an fruit people",
    "grep -L an fruit people",
    "grep -q zebra fruit", "grep -e apple -e date fruit", "grep 'b\\(an\\)*a' fruit",
    "grep -m1 an fruit",
    "grep -h an fruit people", "grep -H an fruit", "grep an fruit people", "grep -nE 'x|y|z' fruit",
    "grep '[[:upper:]]' fruit", "grep -c '' fruit", "grep '^$' fruit", "grep -vE '^$|a' fruit",
    "grep -o '[0-9.]*' log", "grep -oE '[0-9]+\\.[0-9]+' log", "grep -P '\\d{3}' log",
    "grep -Po '(?<=GET )/\\S+' log", "grep 'a\\{2\\}' fruit", "grep -E 'p{2}' fruit",
    "grep -E '(a)(n)\\2?' fruit", "grep '\\(.\\)\\1' fruit", "grep -b an fruit",
    "grep -nv an fruit",
    "grep '\\bthe\\b' words", "grep -E 'quick|lazy' -o words", "grep -A1 -B1 'a' people",
    "grep -r ann .", "grep -rl ann .", "grep -e '' fruit", "grep -on a fruit", "grep . -n fruit",
  ]

  static let sed = [
    "sed -n 2p fruit", "sed 2d fruit", "sed '$d' fruit", "sed -n '$=' fruit", "sed s/an/AN/ fruit",
    "sed s/an/AN/g fruit", "sed s/an/AN/2 fruit", "sed -n s/an/AN/p fruit", "sed 's/.*/[&]/' fruit",
    "sed -E 's/(.)(.)/\\2\\1/' fruit", "sed 's/\\(.\\)\\(.\\)/\\2\\1/g' fruit",
    "sed '/cherry/d' fruit",
    "sed '/banana/,/date/d' fruit", "sed -n '/cherry/,$p' fruit", "sed '2,3s/a/X/' fruit",
    "sed '1~2d' fruit", "sed '2q' fruit", "sed 2q5 fruit", "sed 'y/abc/xyz/' fruit",
    "sed '2a added' fruit", "sed '2a\\    added' fruit", "sed '1i\\  - a\\n  - b' fruit",
    "sed '2c one\\ntwo' fruit", "sed '2i before' fruit", "sed '2c changed' fruit",
    "sed 's/A/b/I' fruit",
    "sed -e s/a/1/ -e s/b/2/ fruit", "sed 's/a/1/;s/b/2/' fruit", "sed '/^$/d' fruit",
    "sed = fruit", "sed -n l words", "sed '1!G;h;$!d' fruit", "sed -n '1!G;h;$p' fruit",
    "sed ':a;N;$!ba;s/\\n/,/g' fruit", "sed 's|/|_|g' log", "sed 's/[^:]*:/X/' people",
    "sed 's/:/\\n/' people", "sed 's/\\bt/T/g' words", "sed '/apple/!s/a/_/' fruit",
    "sed '3{s/c/C/;s/y/Y/}' fruit",
    "sed -E 's/[0-9]+/(&)/g' log", "sed 's/x*/-/g' people", "sed -n '2{p;q}' fruit",
    "sed '0,/banana/s//X/' fruit", "sed 's/.*/\\U&/' fruit",
    "sed -E 's/(^|_)([a-z])/\\U\\2/g' people",
    "sed '/ban/{n;d}' fruit", "sed 'N;P;D' fruit", "sed '$!N;s/\\n/ /' fruit",
    "sed 's/a\\|b/_/g' fruit",
    "sed '2,+1d' fruit", "sed 's/\\t/TAB/' words", "sed 's/$/;/' fruit", "sed 's/^/> /' fruit",
    "sed -n '/b/{=;p}' fruit", "sed 's/[aeiou]//2g' fruit", "sed --expression 's/a/b/' fruit",
    "sed 'x;G;1!h;s/\\n.*//' people", "sed '/rome/r fruit' people", "sed 's/o/0/w out' people",
  ]

  static let awk = [
    "awk '{print $1}' log", "awk -F: '{print $2, $1}' people", "awk -F: '$2>26{print $1}' people",
    "awk '{s+=$5} END{print s}' log", "awk 'NR==2' log", "awk 'END{print NR}' log",
    "awk '{print NF}' words",
    "awk '{print $NF}' words", "awk '/GET/{n++} END{print n+0}' log",
    "awk '{c[$1]++} END{for(k in c) t+=c[k]; print t}' log",
    "awk 'BEGIN{printf \"%5.2f|%-5s|%05d|%x\\n\", 3.14159, \"ab\", 42, 255}'",
    "awk 'BEGIN{print 1/3, 100000000, 1e6, 0.1+0.2}'",
    "awk 'BEGIN{print length(\"hello\"), substr(\"hello\",2,3), index(\"hello\",\"l\")}'",
    "awk 'BEGIN{n=split(\"a:b:c\",x,\":\"); print n, x[1], x[3]}'",
    "awk '{gsub(/a/,\"A\"); print}' fruit",
    "awk '{sub(/an/,\"[&]\"); print}' fruit",
    "awk 'BEGIN{print toupper(\"abc\") tolower(\"DEF\")}'",
    "awk -v x=5 'BEGIN{print x*2}'", "awk 'BEGIN{OFS=\"-\"} {$1=$1; print}' log",
    "awk '{$2=\"X\"; print}' log",
    "awk 'NR>1 && $4>=400 {print $3}' log", "awk '$4 ~ /^[45]/' log", "awk '$1 !~ /1$/' log",
    "awk '!seen[$1]++' log",
    "awk 'BEGIN{while(i<3){i++; print i}}'",
    "awk 'BEGIN{for(i=0;i<3;i++) if(i==1) continue; else print i}'",
    "awk 'function f(x){return x*x} BEGIN{print f(4)}'",
    "awk 'function g(n){return n<2?n:g(n-1)+g(n-2)} BEGIN{print g(15)}'",
    "awk 'BEGIN{print \"a\" \"b\" 1+2}'",
    "awk 'BEGIN{x[\"a\"]=1; if(\"a\" in x) print \"yes\"; delete x[\"a\"]; print length(x)}'",
    "awk '/banana/,/date/' fruit", "awk 'BEGIN{exit 3}'", "awk '{exit} END{print \"end\"}' fruit",
    "awk '{print NR\": \"$0}' fruit", "awk -F'[: ]' '{print $1}' people",
    "awk 'BEGIN{print match(\"foobar\",/o+/), RSTART, RLENGTH}'",
    "awk '{print length}' fruit", "awk 'BEGIN { RS=\":\" } {print}' people",
    "awk 'BEGIN{RS=\"\"}{print NF}' words",
    "awk '{a[NR]=$0} END{for(i=NR;i>0;i--) print a[i]}' fruit",
    "awk 'BEGIN{print 2^10, 7%3, -2^2}'",
    "awk 'BEGIN{print (1,2) in a ? \"y\":\"n\"}'",
    "awk 'BEGIN{print 1==1.0, \"a\"<\"b\", 10<9, \"10\"<\"9\"}'",
    "awk '{print ($4<300)?\"ok\":\"bad\"}' log", "awk 'BEGIN{printf \"%s %d%%\\n\",\"x\",50}'",
    "awk 'BEGIN{do{i++}while(i<5);print i}'",
    "awk 'BEGIN{print substr(\"hello\",0), substr(\"hello\",4,10)}'",
    "awk 'BEGIN{print index(\"abc\",\"z\"); print -3%2; print int(-3.7)}'",
    "awk 'BEGIN{\"echo hi\"|getline x; print x}' x",
    "awk 'BEGIN{printf \"%c%c\\n\", 65, \"BCD\"}'", "awk 'BEGIN{print length()}' x",
    "awk 'NF' fruit",
    "awk 'NF{$NF=\"\"}1' log", "awk '{NF=2}1' log",
    "awk 'BEGIN{while((getline l < \"people\")>0) n++; print n}'",
    "awk 'BEGIN{a=\"x\"; a=a a; print a; print 1e300*1e300}'",
  ].filter { !$0.contains("|getline") }

  static let others = [
    "head -n 2 fruit", "head -3 fruit", "head -c 5 fruit", "head -n -2 fruit",
    "head -n1 fruit people",
    "tail -n 2 fruit", "tail -3 fruit", "tail -c 5 fruit", "tail -n +3 fruit",
    "tail -qn1 fruit people",
    "wc fruit", "wc -l fruit", "wc -w words", "wc -c fruit people", "wc -lL fruit",
    "sort fruit", "sort -r fruit", "sort -u fruit", "sort -n numbers", "sort -rn numbers",
    "sort -h numbers",
    "sort -t: -k2n people", "sort -t: -k2,2n -k1,1r people", "sort -t: -k3 people",
    "sort -k4,4n -k1,1 log",
    "sort -f fruit", "sort -V numbers", "sort -c fruit", "sort -k2.2,2.3 log", "sort -snk5 log",
    "uniq fruit", "uniq -c fruit", "uniq -d fruit", "cut -d: -f2 people", "cut -d: -f1,3 people",
    "cut -d: -f2- people", "cut -c1-3 fruit", "cut -c2- fruit", "cut -d' ' -f1 log",
    "cut -s -d: -f1 fruit",
    "cut -d: -f1,3 --output-delimiter=, people", "cut --complement -d: -f2 people",
    "cut -b1,3 fruit",
    "seq 3", "seq 2 5", "seq 5 -1 1", "seq -w 8 11", "seq -s, 4", "seq 0 .5 2", "seq 1 0",
    "seq 1.0 2",
    "cat -n fruit", "cat -A words", "cat -b fruit", "cat -s fruit", "cat fruit people",
    "cat none fruit",
    "printf '%s-%s\\n' a b c d", "printf '%05.1f|%+d|% d|%e\\n' 3.14159 5 7 12345.678",
    "printf '%b' 'a\\tb\\n'",
    "printf '%x %X %o %#x\\n' 255 255 8 16", "printf '%10s|%-10s|%.2s\\n' abc abc abc",
    "printf '%q\\n' 'a b'",
    "printf '%d\\n' 0x1f", "printf '\\x41\\101\\n'", "printf '%c\\n' hello",
    "printf '%g %g %g\\n' 0.0001 1e10 3.0",
    "printf '%%\\n'", "printf '%*d\\n' 5 42", "printf 'no newline'", "printf '%s\\n'",
    "printf '%i\\n' \"'A\"",
    "diff fruit people", "diff fruit fruit", "diff -q fruit people", "rev people", "tac fruit",
    "nl fruit", "paste people numbers", "paste -sd, people", "diff numbers fruit",
    "diff -u --label a --label b fruit numbers", "base64 fruit", "expr 2 + 3",
    "expr abc : 'a\\(.\\)'",
    "basename /a/b.txt .txt", "dirname /a/b", "find . -name fruit", "xargs -n2 echo",
    "test 1 -lt 2", "head -c 20 /dev/zero",
    "echo -e 'a\\nb'", "echo -n hi", "echo a  b", "echo -E 'a\\nb'",
  ]
}

@Suite struct CompressionTests {
  private static let samples: [[UInt8]] = [
    [], [65], Array("banana banana bandana\n".utf8), [UInt8](repeating: 7, count: 70_000),
    (0..<50_000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 3) }, Array(0...255),
    Array(String(repeating: "abcd", count: 600).utf8), [1, 1, 1, 1, 2, 1, 1, 1, 1, 1],
  ]

  @Test("what bzip2 packs it unpacks", arguments: samples.indices)
  func roundTrip(_ index: Int) {
    let sample = Self.samples[index]
    #expect(Bzip2.decompress(Bzip2.compress(sample), limit: 1 << 20) == sample)
  }

  @Test("the real bzip2 reads ours, and we read its", arguments: samples.indices)
  func judged(_ index: Int) throws {
    try #require(Judge.isThere && Judge.has("bzip2"), "the real bzip2 is not here to judge")
    let sample = Self.samples[index]
    let text = Base64.encode(sample)
    let theirs = try Judge.run("echo '\(text)' | base64 -d | bzip2 -9 | base64 -w0").output
    #expect(Bzip2.decompress(Base64.decode(Array(theirs.utf8)).0, limit: 1 << 20) == sample)
    let ours = Base64.encode(Bzip2.compress(sample))
    #expect(try Judge.run("echo '\(ours)' | base64 -d | bunzip2 | base64 -w0").output == text)
  }

  @Test("damaged and swollen files are refused")
  func damage() {
    var bytes = Bzip2.compress(Array("banana banana".utf8))
    #expect(Bzip2.decompress(Bzip2.compress([UInt8](repeating: 0, count: 5000)), limit: 100) == nil)
    for place in bytes.indices {
      let kept = bytes[place]
      bytes[place] ^= 0x55
      #expect(Bzip2.decompress(bytes, limit: 1 << 16) != Array("banana bananas".utf8))
      bytes[place] = kept
    }
    #expect(Bzip2.decompress(Array(bytes.dropLast(6)), limit: 1 << 16) == nil)
  }

  @Test("bzip2 and tar in the shell's hands")
  func programs() {
    let box = Box()
    let script =
      "cd /tmp; echo hi > a; bzip2 -k a; bzcat a.bz2; tar cjf t.tar.bz2 a; rm a; tar xf t.tar.bz2; "
      + "cat a; bunzip2 a.bz2 2>&1; bzip2 -d < /etc/hostname 2>&1"
    #expect(
      box.run(["sh", "-c", script])?.output
        == "hi\nhi\nbunzip2: Output file a already exists.\nbzip2: (stdin) is not a bzip2 file.\n")
  }
}
