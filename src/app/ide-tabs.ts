/** What the IDE shows at first: the README's queries, ready to run. */
import type { IdeTab } from '../api/ide.ts';

/** The tabs; the last one is in front, so they are best tried from the last to the first. */
export const ideTabs: readonly IdeTab[] = [
  {
    title: 'Status',
    query: `query Status {
  status {
    model {
      name
      types {
        name
        description
      }
    }
    counts {
      documents
      documentsDone
      documentsQueued
      mentions
    }
    indexes {
      space
      state
      size
      tail
    }
    coverage {
      characters
      charactersRead
      charactersDropped
    }
    eventLoopDelay {
      p99Ms
    }
  }
}
`,
  },
  {
    title: 'A new type',
    query: `# Describe a type in plain words; stored documents are read for it in the background.
mutation NewType {
  createEntityType(
    input: { name: "Heart disease", description: "disorders of the heart and its rhythm" }
  ) {
    entityType {
      id
      documentsScored
      documentsTotal
    }
    errors {
      code
      message
    }
  }
}
`,
  },
  {
    title: 'Similar mentions',
    query: `# The same thing under other names.
query Similar {
  similarMentions(to: { text: "high blood pressure" }, first: 10) {
    edges {
      similarity
      node {
        text
        type {
          name
        }
        document {
          title
        }
      }
    }
    search {
      method
      scanned
    }
  }
}
`,
  },
  {
    title: 'What occurs together',
    query: `# What co-occurs with nephrotoxicity in a sentence, with an example of each.
query Together {
  coOccurrences(of: { text: "nephrotoxicity" }, within: SENTENCE, first: 10) {
    units
    nodes {
      with
      count
      ofCount
      withCount
      npmi
      withExample {
        before(maxChars: 100)
        text
        after(maxChars: 100)
      }
    }
  }
}
`,
  },
  {
    title: 'Full text',
    query: `# Documents by their words: "phrases", prefixes*, OR, NOT or -, parentheses.
query Words {
  searchDocuments(query: "\\"kidney failure\\" OR nephrotox* -cisplatin", first: 10) {
    totalCount
    edges {
      score
      passages {
        text
        matches {
          start
          end
        }
      }
      node {
        title
      }
    }
  }
}
`,
  },
  {
    title: 'Mentions of a type',
    query: `# Stored mentions of a type, with their documents.
query Mentions {
  mentions(filter: { types: ["Disease"], text: "toxicity" }, overlap: FLAT, first: 10) {
    nodes {
      text
      before
      after
      document {
        externalId
        title
      }
    }
    pageInfo {
      endCursor
      hasNextPage
    }
  }
}
`,
  },
  {
    title: 'Read the samples',
    query: `# 500 PubMed abstracts, read in the background.
mutation ReadSamples {
  ingestSampleDocuments(waitSeconds: 30) {
    accepted
    done
    errors {
      code
      message
    }
  }
}
`,
  },
  {
    title: 'Extract',
    query: `# Mentions in any text; nothing is stored.
query Extract($text: String!) {
  extract(text: $text, overlap: FLAT) {
    mentions {
      type
      text
      start
      end
      margin
    }
    coverage {
      characters
      charactersRead
    }
  }
}
`,
    variables: JSON.stringify(
      {
        text: 'A newborn exposed to lithium carbonate had tricuspid regurgitation and atrial flutter.',
      },
      undefined,
      2,
    ),
  },
];
