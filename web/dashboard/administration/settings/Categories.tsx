import { ActionIcon, Button, Group, Switch, Text } from "@mantine/core";
import {
  IconArrowDown,
  IconArrowUp,
  IconCategory,
  IconPencil,
  IconPlus,
  IconTrash,
} from "@tabler/icons-react";
import { useLocation, useRoute } from "wouter";
import { ask } from "../../api/call";
import { Page } from "../../parts/Page";
import { Empty, Failed, Waiting } from "../../parts/States";
import { DeleteDialog } from "../parts/DeleteDialog";
import parts from "../parts/parts.module.css";
import { useStays } from "../parts/useStays";
import { KEYS, useCategories } from "../reads";
import type { Category } from "../shapes";
import { useAct } from "../useAct";
import { CategoryForm } from "./CategoryForm";
import classes from "./settings.module.css";
import { SETTINGS_LINKS } from "./settingsLinks";

const LIST = SETTINGS_LINKS.topics.link;
const ONE = "/api/categories/{category_id}";

export function Categories() {
  const categories = useCategories();
  const [, go] = useLocation();
  return (
    <Page
      title="Categories"
      about="What visitors can pick before they ask. The prompt tells the assistant how to deal with such a chat; visitors never see it."
      actions={
        <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => go(`${LIST}/new`)}>
          New category
        </Button>
      }
    >
      {categories.isPending && <Waiting what="Loading categories" />}
      {categories.isLoadingError && (
        <Failed error={categories.error} onRetry={() => void categories.refetch()} />
      )}
      {categories.data?.length === 0 && (
        <Empty icon={<IconCategory size={26} />} title="No categories">
          Without any, visitors simply begin to write. With some, the widget shows a button for each.
        </Empty>
      )}
      {categories.data && categories.data.length > 0 && <List categories={inOrder(categories.data)} />}
      <Dialogs categories={categories.data ?? []} />
    </Page>
  );
}

function List({ categories }: { categories: Category[] }) {
  const move = useAct({
    does: ({ from, to }: { from: number; to: number }) => {
      const wanted = [...categories];
      wanted.splice(to, 0, ...wanted.splice(from, 1));
      // Every place gets a number of its own; only what stands elsewhere now is sent.
      const moved = wanted.flatMap((one, place) => (one.sortOrder === place ? [] : [{ one, place }]));
      return Promise.all(
        moved.map(({ one, place }) =>
          ask.put(ONE, { path: { category_id: one._id }, body: { sortOrder: place } }),
        ),
      );
    },
    changes: [KEYS.categories],
    tell: true,
  });
  return (
    <ul className={parts.rows} aria-label="Categories" aria-busy={move.isPending}>
      {categories.map((category, place) => (
        <Row
          key={category._id}
          category={category}
          onUp={place > 0 ? () => move.mutate({ from: place, to: place - 1 }) : null}
          onDown={place < categories.length - 1 ? () => move.mutate({ from: place, to: place + 1 }) : null}
        />
      ))}
    </ul>
  );
}

function Row(props: { category: Category; onUp: (() => void) | null; onDown: (() => void) | null }) {
  const { category, onUp, onDown } = props;
  const [, go] = useLocation();
  const turn = useAct({
    does: (active: boolean) => ask.put(ONE, { path: { category_id: category._id }, body: { active } }),
    changes: [KEYS.categories],
    tell: true,
  });
  const quiet = { variant: "subtle", color: "gray" } as const;
  return (
    <li className={category.active ? classes.row : `${classes.row} ${classes.off}`}>
      <span className={classes.icon} aria-hidden>
        {category.icon}
      </span>
      <div className={classes.grow}>
        <Text fw={600} style={{ overflowWrap: "anywhere" }}>
          {category.name}
        </Text>
        <Text size="sm" c="var(--faint)" lineClamp={2}>
          {category.prompt}
        </Text>
      </div>
      <Switch
        aria-label={`Offer ${category.name} to visitors`}
        checked={turn.isPending ? turn.variables : category.active}
        onChange={(event) => turn.mutate(event.currentTarget.checked)}
      />
      <Group gap={2} wrap="nowrap">
        <ActionIcon
          {...quiet}
          aria-label={`Move ${category.name} up`}
          aria-disabled={!onUp}
          data-disabled={!onUp}
          onClick={() => onUp?.()}
        >
          <IconArrowUp size={17} />
        </ActionIcon>
        <ActionIcon
          {...quiet}
          aria-label={`Move ${category.name} down`}
          aria-disabled={!onDown}
          data-disabled={!onDown}
          onClick={() => onDown?.()}
        >
          <IconArrowDown size={17} />
        </ActionIcon>
        <ActionIcon
          {...quiet}
          aria-label={`Edit ${category.name}`}
          onClick={() => go(`${LIST}/${category._id}/edit`)}
        >
          <IconPencil size={17} />
        </ActionIcon>
        <ActionIcon
          {...quiet}
          aria-label={`Delete ${category.name}`}
          onClick={() => go(`${LIST}/${category._id}/delete`)}
        >
          <IconTrash size={17} />
        </ActionIcon>
      </Group>
    </li>
  );
}

function Dialogs({ categories }: { categories: Category[] }) {
  const [, go] = useLocation();
  const [fresh] = useRoute(`${LIST}/new`);
  const [, given] = useRoute(`${LIST}/:id/:act`);
  const close = () => go(LIST);
  const category = useStays(
    given?.id,
    categories.find(({ _id }) => _id === given?.id),
  );
  if (fresh) {
    const last = Math.max(-1, ...categories.map((one) => one.sortOrder));
    return <CategoryForm category={null} place={last + 1} onClose={close} />;
  }
  if (category && given?.act === "edit")
    return <CategoryForm category={category} place={category.sortOrder} onClose={close} />;
  if (category && given?.act === "delete") return <Delete category={category} onClose={close} />;
  return null;
}

function Delete({ category, onClose }: { category: Category; onClose: () => void }) {
  return (
    <DeleteDialog
      title={`Delete ${category.name}?`}
      does={() => ask.delete(ONE, { path: { category_id: category._id } })}
      changes={[KEYS.categories]}
      done={`The category ${category.name} is deleted.`}
      onClose={onClose}
    >
      Chats that have this category keep its name. To take it away from visitors only, switch it off instead.
    </DeleteDialog>
  );
}

function inOrder(categories: Category[]): Category[] {
  return [...categories].sort((a, b) => a.sortOrder - b.sortOrder || a.name.localeCompare(b.name));
}
