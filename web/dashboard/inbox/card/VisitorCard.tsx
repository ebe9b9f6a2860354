import { Avatar, NativeSelect } from "@mantine/core";
import { IconRosetteDiscountCheckFilled, IconStarFilled } from "@tabler/icons-react";
import { useMutation, useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { ago } from "../../../common/ago";
import type { ChatRow } from "../../../protocol/deskSocket";
import { ask, sentenceOf } from "../../api/call";
import { safeAddress } from "../chat/linked";
import { exactly } from "../chat/Moment";
import { useLookAgain } from "../useChatRow";
import { useNow } from "../useNow";
import { Earlier } from "./Earlier";
import { Notes } from "./Notes";
import classes from "./VisitorCard.module.css";

const MOODS = { positive: "Happy", neutral: "Calm", negative: "Upset" };
const PRIORITIES = { high: "High", medium: "Ordinary", low: "Low" };

/** Who writes, from where, and how the chat stands. */
export function VisitorCard({ row }: { row: ChatRow }) {
  const now = useNow();
  const info = useQuery({
    queryKey: ["info", row.sessionId],
    queryFn: () => ask.get("/api/dashboard/chats/{session_id}/info", { path: { session_id: row.sessionId } }),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const { currentPage, country, environment } = row.metadata;
  const language = environment?.language;
  return (
    <div className={classes.card}>
      <div className={classes.head}>
        <Avatar name={row.userName} size={46} color="initials" aria-hidden />
        <div className={classes.who}>
          <h2>{row.userName}</h2>
          <Email row={row} />
        </div>
      </div>
      {row.summary && <p className={classes.summary}>{row.summary}</p>}
      <dl className={classes.facts}>
        <Fact name="Page">{currentPage && <PageOf address={currentPage} />}</Fact>
        <Fact name="Browser">{named(info.data?.browser)}</Fact>
        <Fact name="System">{named(info.data?.os)}</Fact>
        <Fact name="Language">{typeof language === "string" ? languageName(language) : null}</Fact>
        <Fact name="Country">{country ? countryName(country) : null}</Fact>
        <Fact name="Mood">{row.sentiment && MOODS[row.sentiment]}</Fact>
        <Fact name="Priority">{PRIORITIES[row.priority]}</Fact>
        <Fact name="Kind">{row.category && capital(row.category.replaceAll("_", " "))}</Fact>
        <Fact name="Began">
          <time dateTime={row.startedAt} title={exactly(row.startedAt)}>
            {ago(row.startedAt, now)}
          </time>
        </Fact>
        <Fact name="Rating">{row.rating !== undefined && <Rating row={row} />}</Fact>
      </dl>
      <PickedCategory row={row} />
      <Notes row={row} key={row.sessionId} />
      <Earlier row={row} />
    </div>
  );
}

function Email({ row }: { row: ChatRow }) {
  if (!row.userEmail) return <p className={classes.email}>No e-mail</p>;
  const verified = row.metadata.verifiedEmail === row.userEmail;
  const href = safeAddress(`mailto:${encodeURIComponent(row.userEmail).replace("%40", "@")}`);
  return (
    <p className={classes.email}>
      {href ? <a href={href}>{row.userEmail}</a> : row.userEmail}{" "}
      <span className={verified ? classes.verified : classes.typed}>
        {verified && <IconRosetteDiscountCheckFilled size={14} aria-hidden />}
        {verified ? "verified" : "as typed"}
      </span>
    </p>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  if (!children) return null;
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function PageOf({ address }: { address: string }) {
  const href = /^https?:/i.test(address) ? safeAddress(address) : null;
  if (!href) return address;
  return (
    <a href={href} target="_blank" rel="noopener noreferrer nofollow">
      {address}
    </a>
  );
}

function Rating({ row }: { row: ChatRow }) {
  return (
    <>
      <span className={classes.rating}>
        <IconStarFilled size={13} aria-hidden /> {row.rating} of 5
      </span>
      {row.ratingComment && <q className={classes.comment}>{row.ratingComment}</q>}
    </>
  );
}

/** The workflow category; the assistant answers by its prompt. */
function PickedCategory({ row }: { row: ChatRow }) {
  const lookAgain = useLookAgain();
  const { data } = useQuery({
    queryKey: ["categories", "shown"],
    queryFn: () => ask.get("/api/categories"),
    staleTime: 60_000,
  });
  const pick = useMutation({
    mutationFn: (categoryId: string | null) =>
      ask.patch("/api/chat/{session_id}/category", {
        path: { session_id: row.sessionId },
        body: { categoryId },
      }),
    onSettled: lookAgain,
  });
  if (!data || data.length === 0) return null;
  const chosen = pick.isPending ? pick.variables : row.metadata.categoryId;
  return (
    <NativeSelect
      size="xs"
      label="Category"
      value={chosen ?? ""}
      error={pick.isError && sentenceOf(pick.error)}
      onChange={(event) => pick.mutate(event.currentTarget.value || null)}
      data={[
        { value: "", label: "None" },
        ...data.map((one) => ({ value: one._id, label: `${one.icon} ${one.name}` })),
      ]}
    />
  );
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function named(part: { name: string; version: string } | undefined): string | null {
  if (!part || part.name === "Unknown") return null;
  return `${part.name} ${part.version.split(".")[0] ?? ""}`.trim();
}

function languageName(code: string): string {
  return nameOfCode("language", code);
}

function countryName(code: string): string {
  return nameOfCode("region", code.toUpperCase());
}

/** The visitor's browser may say anything: what is no code is shown as it is. */
function nameOfCode(type: "language" | "region", code: string): string {
  try {
    return new Intl.DisplayNames("en", { type }).of(code) ?? code;
  } catch {
    return code;
  }
}
