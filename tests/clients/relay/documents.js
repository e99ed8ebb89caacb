// What a Relay application declares beside its components; relay-compiler makes artifacts of it.
import { graphql } from 'relay-runtime';

graphql`
  query documentsQueueQuery($count: Int!) {
    viewer {
      subject
    }
    ...documents_queue @arguments(count: $count)
  }
`;

// Pagination by the connection specification, refetchable on the root.
graphql`
  fragment documents_queue on Query
  @refetchable(queryName: "documentsQueuePageQuery")
  @argumentDefinitions(count: { type: "Int", defaultValue: 10 }, cursor: { type: "String" }) {
    claims(first: $count, after: $cursor) @connection(key: "documents_queue_claims") {
      totalCount
      edges {
        node {
          ...documents_claim
        }
      }
    }
  }
`;

// Refetchable by `node(id:)`, since a claim is a Node; its comments are a connection backwards.
graphql`
  fragment documents_claim on Claim
  @refetchable(queryName: "documentsClaimRefetchQuery")
  @argumentDefinitions(last: { type: "Int", defaultValue: 5 }, before: { type: "String" }) {
    id
    number
    status
    version
    comments(last: $last, before: $before) @connection(key: "documents_claim_comments") {
      edges {
        node {
          id
          body
        }
      }
    }
  }
`;

graphql`
  query documentsClaimQuery($id: ID!) {
    node(id: $id) {
      __typename
      ...documents_claim @alias(as: "claim")
    }
  }
`;

graphql`
  mutation documentsCommentMutation($input: AddCommentInput!, $connections: [ID!]!) {
    addComment(input: $input) {
      comment @appendNode(connections: $connections, edgeTypeName: "CommentEdge") {
        id
        body
      }
      problems {
        code
        field
        message
      }
    }
  }
`;

graphql`
  mutation documentsDeleteMutation($input: DeleteClaimDraftInput!) {
    deleteClaimDraft(input: $input) {
      deletedClaimId @deleteRecord
      problems {
        code
      }
    }
  }
`;

graphql`
  subscription documentsStatusSubscription($claimId: ID, $after: String) {
    claimStatusChanged(claimId: $claimId, after: $after) {
      position
      toStatus
      claim {
        ...documents_claim
      }
    }
  }
`;
