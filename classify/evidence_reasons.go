package classify

import (
	"slices"
	"strings"
	"sync"

	"mftprobe/probe"
)

// reasonsIn returns what of a text can be the reason of a refusal: without the names of our own files,
// whose words mean nothing, without what is denied ("not locked"), and without sentences that warn of
// something or tell a rule. A text of nothing else is returned whole.
func (s *scene) reasonsIn(text string) string {
	text = denials().Replace(s.withoutNames(text))
	var kept []string
	dropped := false
	for sentence := range strings.SplitSeq(breaks().Replace(text), oneSentence) {
		if aside().matches(newSample(fold(sentence))) {
			dropped = true
		} else if strings.TrimSpace(sentence) != "" {
			kept = append(kept, sentence)
		}
	}
	if !dropped || len(kept) == 0 {
		return text
	}
	return strings.Join(kept, oneSentence)
}

const oneSentence = "\n"

// breaks makes every sentence a line.
var breaks = sync.OnceValue(func() *strings.Replacer {
	return strings.NewReplacer(". ", oneSentence, "! ", oneSentence, "; ", oneSentence)
})

// denials are words that say what is not so.
var denials = sync.OnceValue(func() *strings.Replacer {
	return strings.NewReplacer("not banned", "", "not blocked", "", "not locked", "", "not expired", "", "not disabled", "")
})

// aside tells a warning, a rule or a piece of advice from a statement.
var aside = sync.OnceValue(func() form {
	return compile(`~will be | ~will expire | ~will get | ~will lead | ~will result | ~would be | ~remember | ~reminder | ~every*days | ~during |
		~discouraged | unauthorized access | unauthorised access | authorized users only | are logged`)
})

// withoutNames drops the object of the operation, be it with its path or without, from a text. A name
// of letters only is kept: it could be any word.
func (s *scene) withoutNames(text string) string {
	path := s.path()
	base := path[strings.LastIndexAny(path, `/\`)+1:]
	for _, name := range []string{path, base} {
		if len(name) > 3 && strings.ContainsAny(name, "./\\_- 0123456789") {
			text = strings.ReplaceAll(text, name, "")
		}
	}
	return text
}

// hedged tells whether a text leaves it open which of several things is the case.
func hedged(text string) bool { return hedges().matches(newSample(fold(text))) }

var hedges = sync.OnceValue(func() form {
	return compile("~or~ | ~might~ | ~maybe~ | ~perhaps~ | ~possibly~ | ~probably~ | may have | may be | could be")
})

// withoutHaste drops idling from what the words may mean where nobody can have idled and where they do
// not say so outright.
func (s *scene) withoutHaste(list []leaning, heard string) []leaning {
	if !s.hurried() || idleWords().matches(newSample(fold(heard))) {
		return list
	}
	return slices.DeleteFunc(list, func(r leaning) bool { return r.cause == CauseIdleTimeout })
}

// hurried: the reply came at once to a command that was sent at once, so that nobody can have lost
// patience with us. A record without times tells nothing of that.
func (s *scene) hurried() bool {
	return s.bad.Kind == probe.KindReply && s.verb != "" && s.sentAt > 0 && s.waited() < slowAnswer && s.pause < slowAnswer
}

// idleWords say outright that nothing happened for too long. A bare "timeout" does not.
var idleWords = sync.OnceValue(func() form {
	return compile(`~idle | inactiv | activity | no operation | no command | no transfer | not active | session timed out | session timeout | login time | faster next time |
		~seconds | ~sec~ | ~minutes`)
})
