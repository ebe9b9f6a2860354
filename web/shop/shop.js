// Lists the questions that this demo's documents answer.
const list = document.getElementById("questions");
fetch("/demo.json")
  .then((reply) => reply.json())
  .then(({ questions }) => {
    for (const question of questions) {
      const item = document.createElement("li");
      item.textContent = question;
      list.append(item);
    }
  })
  .catch(() => list.remove());
