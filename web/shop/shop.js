// Lists the questions that this demo's documents answer.
const list = document.getElementById("questions");
fetch("/demo.json")
  .then((reply) => reply.json())
  .then(({ questions }) => {
    for (const question of questions) {
      const item = document.createElement("li");
      const ask = document.createElement("button");
      ask.type = "button";
      ask.textContent = question;
      ask.dataset.aichatdeskAsk = question;
      item.append(ask);
      list.append(item);
    }
  })
  .catch(() => list.remove());
