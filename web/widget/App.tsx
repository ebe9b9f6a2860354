import { useCallback, useEffect, useMemo, useState } from "preact/hooks";
import type { Config } from "./api";
import { identify, isAnothers } from "./api";
import { AroundContext } from "./around";
import { Chat } from "./Chat";
import { Header } from "./Header";
import { happened, hearHost, tellHost } from "./host";
import { Late } from "./Late";
import { paint } from "./look";
import { type Known, PreChat } from "./PreChat";
import { chosenLanguage, type Session, sessions, unsentText } from "./session";
import { LANGUAGES, type Words, wordsOf } from "./texts";

const LONGEST_DRAFT = 500;
const LONGEST_MESSAGE = 4000;
const NOBODY: Known = { name: "", email: "", user: "" };

interface Props {
  config: Config;
  words: Words;
  page: string;
  preview: boolean;
  /** The page or the visitor has chosen the language: the chat does not change it. */
  pinned: boolean;
}

export function App(props: Props) {
  const { config, preview } = props;
  const [words, setWords] = useState(props.words);
  const [pinned, setPinned] = useState(props.pinned);
  const [page, setPage] = useState(props.page);
  const [chat, setChat] = useState<Session | null>(() => sessions.current());
  const [first, setFirst] = useState("");
  const [begun, setBegun] = useState("");
  const [suggested, setSuggested] = useState("");
  const [token, setToken] = useState("");
  const [earlier, setEarlier] = useState(false);
  const [before, setBefore] = useState<Known>(() => sessions.all()[0] ?? NOBODY);
  const [lost, setLost] = useState(false);
  const alone = window.parent === window || preview;
  const [shown, setShown] = useState(alone);
  const [opened, setOpened] = useState(alone && !preview ? 1 : 0);
  const known = useMemo(() => toldBy(token), [token]);

  useEffect(() => paint(config), [config]);
  useEffect(() => setWords(props.words), [props.words]);
  useEffect(() => {
    document.documentElement.lang = words.language;
    document.documentElement.dir = words.rtl ? "rtl" : "ltr";
  }, [words]);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key === "Escape" && !event.defaultPrevented && !event.isComposing)
        tellHost({ type: "close" });
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
  useEffect(keepFilesOut, []);
  useEffect(() => {
    const silence = hearHost((message) => {
      if (message.type === "draft") return setSuggested(message.text.slice(0, LONGEST_DRAFT));
      if (message.type === "identify") return setToken(message.token);
      setShown(message.type === "opened");
      if (message.type !== "opened") return;
      // Another tab may have begun one meanwhile.
      setChat((now) => now ?? sessions.current());
      setPage((before) => message.page || before);
      if (message.focus) setOpened((times) => times + 1);
    });
    tellHost({ type: "ready" });
    return silence;
  }, []);
  useEffect(() => tellHost({ type: chat ? "begun" : "over" }), [chat?.sessionId]);
  useEffect(() => {
    sessions.belongTo(known.user);
    setBefore(sessions.all()[0] ?? NOBODY);
  }, [known.user]);
  useEffect(() => {
    if (!chat || !token) return;
    // Somebody else has signed in on the page: what the one before wrote is not theirs.
    if (chat.user && chat.user !== known.user) {
      sessions.leave();
      return setChat(null);
    }
    identify(chat, token)
      .then(({ user: { id: user, name, email } }) => {
        const now = sessions.current() ?? chat;
        if (now.sessionId === chat.sessionId)
          change({ ...now, user: user ?? "", name: name || now.name, email: email || now.email });
      })
      .catch((error: Error) => {
        if (isAnothers(error)) {
          // This browser never heard whose it is; the desk shows it to them wherever they sign in.
          sessions.forget(chat);
          setBefore(sessions.all()[0] ?? NOBODY);
          return setChat(null);
        }
        console.warn(`AIChatDesk: the visitor was not identified. ${error.message}`);
      });
  }, [chat?.sessionId, token]);

  const change = (now: Session) => {
    sessions.use(now);
    setChat(now);
  };
  const use = (now: Session) => {
    change(now);
    setFirst("");
    setLost(false);
    setEarlier(false);
    setOpened((times) => times + 1);
  };
  const begin = (started: Session, question: string) => {
    use(started);
    setFirst(question);
    setBegun(started.sessionId);
    setSuggested("");
    happened({ name: "chatStarted" });
  };
  const leave = useCallback((left: Session) => {
    setBefore(left);
    sessions.leave();
    setChat(null);
    setOpened((times) => times + 1);
  }, []);
  /** The desk has the chat no more; what its visitor has written and not sent begins the next one. */
  const forget = useCallback((gone: Session) => {
    setSuggested((before) => unsentText(gone).slice(0, LONGEST_MESSAGE) || before);
    setBefore(gone);
    setLost(true);
    sessions.forget(gone);
    setChat(null);
  }, []);
  /** The visitor's own choice stays; what the chat is written in is followed only where nobody chose. */
  const speak = (wanted: string) => {
    const language = wanted.replace("chat:", "");
    const chosen = language === wanted;
    if ((!chosen && pinned) || language === words.language || !LANGUAGES.includes(language)) return;
    if (chosen) {
      chosenLanguage.save(language);
      setPinned(true);
    }
    void wordsOf(language).then(setWords);
  };

  const hasEarlier = sessions.all().length > 0;
  return (
    <AroundContext.Provider value={{ words, config, page, preview, speak }}>
      <main class={chat ? "panel" : "panel at-start"}>
        {chat && !preview ? (
          <Chat
            key={chat.sessionId}
            chat={chat}
            first={first}
            justBegun={begun === chat.sessionId}
            suggested={suggested}
            opened={opened}
            shown={shown}
            onGone={forget}
            onNew={leave}
            onChange={change}
            onUse={use}
          />
        ) : (
          <>
            <Header agent={null} choices={[]} />
            <div class="body">
              <div class="start" inert={earlier}>
                <PreChat
                  opened={opened}
                  suggested={suggested}
                  known={known}
                  before={before}
                  lost={lost}
                  onStarted={begin}
                  onEarlier={hasEarlier ? () => setEarlier(true) : null}
                />
              </div>
              {earlier && <Late name="earlier" chat={null} onBack={() => setEarlier(false)} onResume={use} />}
            </div>
          </>
        )}
      </main>
    </AroundContext.Provider>
  );
}

/** A file that is dropped where nothing takes it would be opened in place of the page around us. */
function keepFilesOut(): () => void {
  const refuse = (event: DragEvent) => {
    if (event.defaultPrevented || !event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "none";
  };
  window.addEventListener("dragover", refuse);
  window.addEventListener("drop", refuse);
  return () => {
    window.removeEventListener("dragover", refuse);
    window.removeEventListener("drop", refuse);
  };
}

/** What a signed token says of its visitor; the desk checks the signature, this only spares the typing. */
function toldBy(token: string): Known {
  try {
    const [, claims = ""] = token.split(".");
    const bytes = Uint8Array.from(atob(claims.replace(/-/g, "+").replace(/_/g, "/")), (one) =>
      one.charCodeAt(0),
    );
    const { name, email, sub } = JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>;
    const [told = "", address = "", user = ""] = [name, email, sub].map((one) =>
      typeof one === "string" ? one : "",
    );
    return { name: told, email: address, user };
  } catch {
    return NOBODY;
  }
}
