/// The parts of jq's library that are written in jq.
enum QueryLibrary {
  static let text = #"""
    def map(f): [.[] | f];
    def select(f): if f then . else empty end;
    def recurse(f): def r: ., (f | r); r;
    def recurse(f; c): def r: ., (f | select(c) | r); r;
    def values: select(. != null);
    def nulls: select(. == null);
    def booleans: select(type == "boolean");
    def numbers: select(type == "number");
    def strings: select(type == "string");
    def arrays: select(type == "array");
    def objects: select(type == "object");
    def iterables: select(type == "array" or type == "object");
    def scalars: select(type != "array" and type != "object");
    def map_values(f): .[] |= f;
    def to_entries: [keys_unsorted[] as $k | {key: $k, value: .[$k]}];
    def from_entries: reduce .[] as $x ({};
      . + { (($x | if type == "object" then
          (if has("key") then .key elif has("k") then .k elif has("name") then .name
           elif has("Name") then .Name elif has("Key") then .Key else null end)
        else . end) | if type == "string" then . else tojson end):
        ($x | if type == "object" then
          (if has("value") then .value elif has("v") then .v elif has("Value") then .Value
           else null end) else null end) });
    def with_entries(f): to_entries | map(f) | from_entries;
    def del(f): delpaths([path(f)]);
    def paths: path(..) | select(length > 0);
    def paths(f): path(.. | select(f)) | select(length > 0);
    def leaf_paths: paths(scalars);
    def any: reduce .[] as $x (false; . or $x);
    def all: reduce .[] as $x (true; . and $x);
    def isempty(g): label $go | (g | false, break $go), true;
    def any(g; c): isempty(first(g | c | select(.))) | not;
    def all(g; c): isempty(first(g | c | select(. | not)));
    def any(f): any(.[]; f);
    def all(f): all(.[]; f);
    def first(f): label $out | (f | ., break $out);
    def last(f): reduce f as $x (null; $x);
    def first: .[0];
    def last: .[-1];
    def nth($n): .[$n];
    def nth($n; f): last(limit($n + 1; f));
    def limit($n; f): if $n > 0 then label $out
      | foreach f as $x (0; . + 1; $x, if . >= $n then break $out else empty end) else empty end;
    def skip($n; f): foreach f as $x (0; . + 1; if . > $n then $x else empty end);
    def until(c; u): def r: if c then . else (u | r) end; r;
    def while(c; u): def r: if c then ., (u | r) else empty end; r;
    def repeat(f): def r: ., (f | r); r;
    def range($n): range(0; $n; 1);
    def range($a; $b): range($a; $b; 1);
    def in(x): . as $k | x | has($k);
    def inside(x): . as $a | x | contains($a);
    def add: reduce .[] as $x (null; . + $x);
    def add(f): reduce f as $x (null; . + $x);
    def join($s): if length == 0 then "" else
      reduce .[1:][] as $x
        (.[0] | if . == null then "" elif type == "string" then . else tojson end;
        . + $s + ($x | if . == null then "" elif type == "string" then . else tojson end)) end;
    def sort_by(f): [.[] | [[f], .]] | sort_keyed;
    def group_by(f): [.[] | [[f], .]] | group_keyed;
    def unique_by(f): [group_by(f)[] | .[0]];
    def unique: unique_by(.);
    def min_by(f): if length == 0 then null else sort_by(f)[0] end;
    def max_by(f): if length == 0 then null else sort_by(f)[-1] end;
    def min: min_by(.);
    def max: max_by(.);
    def flatten: flatten(1e9);
    def flatten($d): reduce .[] as $x ([];
      if ($x | type) == "array" and $d > 0 then . + ($x | flatten($d - 1)) else . + [$x] end);
    def transpose: [range(0; map(length) | max // 0) as $i | [.[][$i]]];
    def walk(f): def w: if type == "object" then map_values(w)
      elif type == "array" then map(w) else . end | f; w;
    def recurse: recurse(.[]?);
    def env: $ENV;
    def todate: strftime("%Y-%m-%dT%H:%M:%SZ");
    def fromdate: fromdateiso8601;
    def date: todate;
    def todateiso8601: todate;
    def finites: select(isinfinite or isnan | not);
    def capture($re): capture($re; null);
    def capture($re; $f): match($re; $f) | [.captures[] | select(.name != null)
      | {key: .name, value: .string}] | from_entries;
    def match($re): match($re; null);
    def test($re): test($re; null);
    def scan($re): scan($re; null);
    def scan($re; $f): match($re; "g" + $f) | if (.captures | length) > 0
      then [.captures[].string] else .string end;
    def splits($re): splits($re; null);
    def splits($re; $f): split($re; $f)[];
    def sub($re; s): sub($re; s; "");
    def gsub($re; s): sub($re; s; "g");
    def gsub($re; s; $f): sub($re; s; $f + "g");
    def sub($re; s; $f): . as $in | [match($re; $f)] as $all
      | reduce ($all[], null) as $m ({at: 0, out: [""]};
        if $m == null then .out[] += $in[.at:] else
          . as $state
          | {at: ($m.offset + $m.length), out: [ $state.out[] + $in[$state.at:$m.offset]
            + ([$m.captures[] | select(.name != null) | {key: .name, value: .string}]
              | from_entries | s) ]} end) | .out[];
    def ascii: [.] | implode;
    def index($i): indices($i) | .[0];
    def rindex($i): indices($i) | .[-1:][0];
    def combinations: if length == 0 then [] else
      .[0][] as $x | (.[1:] | combinations) as $w | [$x] + $w end;
    def pick(f): . as $top | reduce path(f) as $p (null; setpath($p; $top | getpath($p)));
    def IN(s): any(s == .; .);
    def IN(src; s): any(src == s; .);
    def INDEX(s; f): reduce s as $r ({}; .[$r | f | tostring] |= $r);
    def INDEX(f): INDEX(.[]; f);
    def abs: if type == "number" and . < 0 then -. else . end;
    def toarray: if type == "array" then . else [.] end;
    def halt_error: halt_error(5);
    """#
}
